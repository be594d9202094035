"""The database of the cases."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mspike.trials.cases.entry import Case, CaseError, Entry, Summary, checked, in_force, steps_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_SECONDS = 30


def default_url() -> str:
    """$MSPIKE_CASES, else a file in the user's own data folder."""
    if named := os.environ.get("MSPIKE_CASES"):
        return named
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return f"sqlite:///{Path(data) / 'mspike' / 'cases.sqlite'}"


def open_cases(url: str | None = None) -> Cases:
    """The cases of a database (`sqlite:///PATH`, `postgresql://…`), brought to today's form. CaseError."""
    try:
        from sqlalchemy import create_engine, make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    except ImportError:
        raise CaseError("cases need more libraries: pip install 'mspike[trials]'") from None
    try:
        where = make_url(url or default_url())
        if where.drivername == "postgresql":
            where = where.set(drivername="postgresql+psycopg")  # the one driver that the extras install
        local = where.get_backend_name() == "sqlite"
        if local and where.database and where.database != ":memory:":
            _private(Path(where.database))
        engine = create_engine(where, connect_args={"timeout": WAIT_SECONDS} if local else {})
    except (ArgumentError, NoSuchModuleError, ImportError):
        raise CaseError("the database URL cannot be used; write sqlite:///PATH or postgresql://…") from None
    except OSError as error:
        raise CaseError(f"the file of the cases cannot be written ({error.strerror}); look at its folder") from None
    cases = Cases(engine)
    cases.migrate()
    return cases


def _private(path: Path) -> None:
    """The file is its owner's alone: it names people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


class Cases:
    """Use as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.dispose()

    def migrate(self) -> None:
        from alembic.command import upgrade
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._writing() as db:
            config.attributes["connection"] = db
            upgrade(config, "head")

    def open(self, by: str, who: str = "", now: dt.datetime | None = None) -> str:
        """A new case; gives its id, which says nothing about the person."""
        from mspike.trials.cases.tables import case_table

        checked(by, "who" if who else "note", who or "opened", "", "", None)
        name = secrets.token_hex(6)
        with self._writing() as db:
            db.execute(case_table.insert().values(id=name, opened_at=_stamp(now), opened_by=by))
        if who:
            self.add(name, by, "who", who, now=now)
        return name

    def add(
        self,
        case: str,
        by: str,
        kind: str,
        text: str = "",
        *,
        trial: str = "",
        step: str = "",
        due: dt.date | None = None,
        corrects: int | None = None,
        now: dt.datetime | None = None,
    ) -> int:
        """A new entry; gives its number. With `corrects` it takes the place of that entry, which stays. CaseError."""
        from mspike.trials.cases.tables import case_table, entry_table

        trial = trial.strip().upper()
        checked(by, kind, text, trial, step, due)
        with self._writing() as db:
            # Locks the row of the case, so that an erasure and an entry cannot pass each other.
            self._there(db, case)
            db.execute(case_table.update().where(case_table.c.id == case).values(opened_by=case_table.c.opened_by))
            if corrects is not None:
                self._may_correct(case, kind, corrects, self._entries(db, case))
            values = {"text": text, "trial": trial, "step": step, "due": due, "corrects": corrects}
            made = db.execute(entry_table.insert().values(case_id=case, at=_stamp(now), by=by, kind=kind, **values))
            return int(made.inserted_primary_key[0])  # type: ignore[index]

    def case(self, case: str) -> Case:
        """Everything of a case, corrected entries included: what the person gets who asks for it."""
        with self._writing() as db:
            opened_at, opened_by = self._there(db, case)
            entries = self._entries(db, case)
        return Case(id=case, opened_at=opened_at, opened_by=opened_by, steps=steps_of(entries), entries=entries)

    def all(self) -> tuple[Summary, ...]:
        """Every case, with how many entries; erased ones are names without content."""
        from sqlalchemy import func, select

        from mspike.trials.cases.tables import case_table as c
        from mspike.trials.cases.tables import entry_table as e

        count = select(func.count()).where(e.c.case_id == c.c.id).scalar_subquery()
        query = select(c.c.id, c.c.opened_at, c.c.opened_by, count, c.c.erased_at).order_by(c.c.opened_at, c.c.id)
        with self._writing() as db:
            return tuple(
                Summary(id=row[0], opened_at=row[1], opened_by=row[2], entries=row[3], erased_at=row[4])
                for row in db.execute(query)
            )

    def due(self, on: dt.date) -> tuple[tuple[str, Entry], ...]:
        """(case, reminder) of every reminder of that day or before."""
        found = [(one.id, entry) for one in self.all() if not one.erased_at for entry in self._of(one.id)]
        reminders = [(case, e) for case, e in found if e.kind == "reminder" and e.due is not None and e.due <= on]
        return tuple(sorted(reminders, key=lambda pair: (pair[1].due, pair[1].id)))

    def erase(self, case: str, by: str, now: dt.datetime | None = None) -> int:
        """Takes every entry of a case away for good, because the person asked; its number stays, marked as erased."""
        from mspike.trials.cases.tables import case_table, entry_table

        checked(by, "note", "erased", "", "", None)
        with self._writing() as db:
            self._there(db, case)
            values = {"erased_at": _stamp(now), "opened_by": by}
            db.execute(case_table.update().where(case_table.c.id == case).values(**values))
            db.execute(entry_table.update().where(entry_table.c.case_id == case).values(corrects=None))
            gone = db.execute(entry_table.delete().where(entry_table.c.case_id == case)).rowcount
        if self.engine.dialect.name == "sqlite":
            self._vacuum()
        return gone

    def _vacuum(self) -> None:
        """So that no page of the file still holds the words."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.exec_driver_sql("VACUUM")

    def _of(self, case: str) -> tuple[Entry, ...]:
        return in_force(self.case(case).entries)

    def _there(self, db: Connection, case: str) -> tuple[str, str]:
        from sqlalchemy import select

        from mspike.trials.cases.tables import case_table as c

        row = db.execute(select(c.c.opened_at, c.c.opened_by, c.c.erased_at).where(c.c.id == case)).fetchone()
        if row is None:
            raise CaseError(f"there is no case {case[:40]!r}; `mspike trials case list` names them")
        if row[2] is not None:
            raise CaseError(f"the case {case!r} was erased on {row[2][:10]}; open a new one where it goes on")
        return row[0], row[1]

    def _entries(self, db: Connection, case: str) -> tuple[Entry, ...]:
        from sqlalchemy import select

        from mspike.trials.cases.tables import entry_table as e

        rows = db.execute(select(e).where(e.c.case_id == case).order_by(e.c.id)).mappings().all()
        later = {row["corrects"]: row["id"] for row in rows if row["corrects"] is not None}
        kept = ("id", "at", "by", "kind", "text", "trial", "step", "due", "corrects")
        return tuple(Entry(**{name: row[name] for name in kept}, corrected_by=later.get(row["id"])) for row in rows)

    def _may_correct(self, case: str, kind: str, corrects: int, entries: tuple[Entry, ...]) -> None:
        found = next((entry for entry in entries if entry.id == corrects), None)
        if found is None:
            raise CaseError(f"entry {corrects} is not one of the case {case!r}; `mspike trials case show` lists them")
        if found.corrected_by is not None:
            raise CaseError(f"entry {corrects} was corrected already, by {found.corrected_by}: correct that one")
        if found.kind != kind:
            raise CaseError(f"entry {corrects} is of the kind {found.kind}: correct it with one of that kind")

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One step, whole or not at all."""
        from alembic.util import CommandError
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self.engine.begin() as db:
                yield db
        except CommandError:
            raise CaseError("the cases were made by a later mspike: bring mspike up to date") from None
        except SQLAlchemyError as error:
            kind = type(getattr(error, "orig", None) or error).__name__
            raise CaseError(f"the database of the cases cannot be used ({kind}); look at its URL") from None


def _stamp(now: dt.datetime | None) -> str:
    return (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
