"""Loads `portal/directory/data/*.csv` and the currencies of `portal/core/data` into an empty directory."""

import csv
from pathlib import Path

from django.db import migrations

PORTAL = Path(__file__).resolve().parents[2]
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")


def rows(name, app="directory"):
    with (PORTAL / app / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def labels(row, prefix=""):
    return {language: row[prefix + language] for language in LANGUAGES}


def in_sentence(row):
    return {language: row.get(f"text_{language}") or row[f"name_{language}"] for language in LANGUAGES}


def numbers(text):
    return [int(part) for part in text.split()]


def load_geography(apps):
    Region, State, FormerName, LdcPeriod = (
        apps.get_model("directory", name) for name in ("Region", "State", "FormerName", "LdcPeriod")
    )
    # parents stand before their children in the file
    Region.objects.bulk_create(
        Region(code=row["code"], parent_id=row["parent"] or None, names=labels(row)) for row in rows("regions")
    )
    State.objects.bulk_create(
        State(
            **{key: row[key] for key in ("iso3", "iso2", "m49", "region", "sub_region", "intermediate_region", "un")},
            lldc=row["lldc"] == "yes",
            sids=row["sids"] == "yes",
            member_since=row["since"],
            names=labels(row, "name_"),
            in_sentence=in_sentence(row),
            formal={"en": row["formal_en"]},
        )
        for row in rows("states")
    )
    FormerName.objects.bulk_create(
        FormerName(
            state_id=row["iso3"],
            until=row["until"],
            names=labels(row, "name_"),
            in_sentence=in_sentence(row),
            formal={"en": row["formal_en"]},
        )
        for row in rows("former_names")
    )
    LdcPeriod.objects.bulk_create(
        LdcPeriod(state_id=row["iso3"], start=row["since"] or None, until=row["until"] or None)
        for row in rows("ldc_periods")
    )


def load_groups(apps):
    Group, GroupMembership = (apps.get_model("directory", name) for name in ("Group", "GroupMembership"))
    Group.objects.bulk_create(
        Group(code=row["code"], kind=row["kind"], labels=labels(row)) for row in rows("groups")
    )
    GroupMembership.objects.bulk_create(
        GroupMembership(
            group_id=row["group"], state_id=row["iso3"], start=row["since"] or None, until=row["until"] or None
        )
        for row in rows("group_memberships")
    )


def load_vocabularies(apps):
    Unit, Form, Theme = (apps.get_model("directory", name) for name in ("Unit", "Form", "Theme"))
    Unit.objects.bulk_create(
        Unit(code=row["code"], order=row["order"], labels=labels(row)) for row in rows("units")
    )
    Form.objects.bulk_create(
        Form(code=row["code"], order=row["order"], labels=labels(row), units=row["units"].split())
        for row in rows("forms")
    )
    Theme.objects.bulk_create(
        Theme(
            code=row["code"],
            order=row["order"],
            labels=labels(row),
            paragraphs=numbers(row["paragraphs"]),
            ungass_chapters=numbers(row["ungass_chapters"]),
            sectors=row["sectors"].split(),
        )
        for row in rows("themes")
    )


def load_calendar_and_money(apps):
    Holiday, Clock, Currency = (apps.get_model("directory", name) for name in ("Holiday", "Clock", "Currency"))
    Holiday.objects.bulk_create(
        Holiday(calendar=row["calendar"], date=row["date"], name=row["name_en"]) for row in rows("holidays")
    )
    Clock.objects.bulk_create(
        Clock(code=row["code"], working_days=row["working_days"] or None, months=row["months"] or None)
        for row in rows("clocks")
    )
    Currency.objects.bulk_create(
        Currency(
            code=row["code"],
            name=row["name"],
            minor_units=row["minor_units"],
            withdrawn=row["withdrawn"] or None,
        )
        for row in rows("currencies", app="core")
    )


def load(apps, schema_editor):
    load_geography(apps)
    load_groups(apps)
    load_vocabularies(apps)
    load_calendar_and_money(apps)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
