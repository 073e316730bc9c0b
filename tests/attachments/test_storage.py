"""Files in a bucket: against a real server that speaks S3."""

import io
import os
import tempfile

import boto3
import pytest
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from portal import env
from portal.core import clock
from portal.documents import files, services
from portal.settings import _storage
from tests import cast
from tests.attachments import samples
from tests.attachments.conftest import attached

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def address():
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(address, settings):
    given = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "eu-west-1"}
    made = boto3.resource("s3", endpoint_url=address, **given)
    where = {"LocationConstraint": "eu-west-1"}
    found = made.create_bucket(Bucket=f"portal-{os.urandom(4).hex()}", CreateBucketConfiguration=where)
    url = f"s3://key:secret@{found.name}/kept?region=eu-west-1&endpoint={address}"
    settings.STORAGES = settings.STORAGES | {"default": _storage(url)}
    return found


def keys(bucket) -> set[str]:
    return {entry.key for entry in bucket.objects.all()}


def test_a_document_is_kept_in_the_bucket_and_read_from_it(who, bucket):
    content = samples.picture(size=(2000, 1500), quality=100)
    document = attached(cast.draft(who), who.afg_focal_point, content, "site.jpg")
    version = document.versions.get()
    assert keys(bucket) == {f"kept/{version.key}"}
    with services.take(version, actor=who.afg_focal_point) as file:
        assert b"".join(files.pieces(file)) == content
    files.remove(version.key)
    assert keys(bucket) == set()


def test_files_without_a_row_are_swept_from_it_too(who, bucket):
    version = attached(cast.draft(who), who.afg_focal_point).versions.get()
    lost = files.put(io.BytesIO(b"lost"))
    with clock.frozen(clock.now() + 2 * services.ORPHAN_AFTER):
        assert services.sweep_orphans() == 1
    assert keys(bucket) == {f"kept/{version.key}"}
    assert not default_storage.exists(lost)


def test_where_files_are_kept_is_a_setting():
    with tempfile.TemporaryDirectory() as folder:
        found = _storage(f"file://{folder}/a%20b")
        assert str(found["OPTIONS"]["location"]) == f"{folder}/a b"
    assert _storage("s3://bucket")["OPTIONS"]["access_key"] is None
    for url in ("ftp://x", "s3://", "file://host/x", "folder"):
        with pytest.raises(env.BadSetting):
            _storage(url)
