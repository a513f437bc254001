"""Owns the shape of every table; rows hold no behaviour and never leave `storage`."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, MetaData, Table, Text, false, text
from sqlmodel import Field, SQLModel

# SQLite can only alter a constraint that has a name, so all of them have one from the first migration on.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


FINISHED = text("status = 'linked'")
UNFINISHED_LINK = text("status != 'linked'")
BLOCKED = text("blocked IS NOT NULL")
UNSEEN = text("state IS NULL")
UNFINISHED = text("settled_at IS NULL")
CLAIMABLE = text("settled_at IS NULL AND state != 'held'")
UNAUDITED = text("audited_at IS NULL AND doubtful")


class Row(SQLModel):
    """Gives all tables one metadata with named constraints."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)  # pyright: ignore[reportIncompatibleVariableOverride]  SQLModel documents it so


def table_of(row: type[Row]) -> Table:
    """Return the table behind a row, for statements that are built once."""
    return Row.metadata.tables[str(row.__tablename__)]  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  declared per class


class LinkRow(Row, table=True):
    """A link as one document, beside the columns it is found by (copies, never read back into it)."""

    __table_args__ = (
        Index(None, "team_id", "channel_id"),
        Index(None, "team_id", "endpoint_key"),
        Index(None, "wake_at", "id"),
        Index(None, "profile"),
        Index("ix_linkrow_blocked", "blocked", sqlite_where=BLOCKED),
        Index(None, "team_id", "turn", "since", "id"),
        Index(None, "owner", "id"),
        Index("ix_linkrow_unseen", "id", sqlite_where=UNSEEN),
        # For finished ones the index above will do: once no other is due, nearly all that it finds are finished.
        Index(
            "ix_linkrow_unfinished",
            "wake_at",
            "id",
            sqlite_where=UNFINISHED_LINK,
        ),
    )

    id: str = Field(primary_key=True)
    team_id: str
    channel_id: str
    status: str
    active_key: str | None = Field(unique=True)
    """Team, environment and customer; null once cancelled, so that only one link of them can run."""
    endpoint_key: str | None
    account_key: str | None = Field(index=True)
    """The Workday account that this link has proved and owns."""
    profile: str
    blocked: str | None
    erase: bool = Field(sa_column_kwargs={"server_default": false()})
    wake_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int
    state: str | None
    """Where it stands, and below what else people sort and search by; null where only an older release saved it."""
    turn: str | None
    since: datetime | None
    owner: str | None
    customer: str | None
    due: date | None
    approval: date | None
    document: str = Field(sa_type=Text)


class MessageRow(Row, table=True):
    """Where the message of one slot stands in Slack."""

    __table_args__ = (Index(None, "channel_id", "ts"),)

    link_id: str = Field(primary_key=True, foreign_key="linkrow.id")
    slot: str = Field(primary_key=True)
    channel_id: str
    ts: str
    thread_ts: str | None


class ErrandRow(Row, table=True):
    """An effect that waits to be carried out, or was; `settled_at` is null while it is unfinished."""

    # Conditions are literals: SQLite uses a partial index only for a query that repeats its condition.
    __table_args__ = (
        Index(
            "ix_errandrow_lane",
            "link_id",
            "lane",
            "seq",
            sqlite_where=UNFINISHED,
        ),
        # Narrower than the one above: where PostgreSQL has no statistics yet, it would look up lanes in this one.
        Index("ix_errandrow_run_at", "run_at", "seq", sqlite_where=CLAIMABLE),
        Index("ix_errandrow_audit", "settled_at", sqlite_where=UNAUDITED),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    link_id: str = Field(foreign_key="linkrow.id")
    lane: str
    kind: str
    slot: str | None
    payload: str = Field(sa_type=Text)
    state: str
    run_at: datetime
    """From when it may be claimed; while it is being sent this is the end of its lease."""
    created_at: datetime
    first_try_at: datetime | None
    tries: int
    doubtful: bool = Field(sa_column_kwargs={"server_default": false()})
    """A try was begun whose end nobody knows, so the message may stand in Slack; only a person can say no."""
    fence: int
    channel_id: str | None
    slack_ts: str | None
    error: str | None
    settled_at: datetime | None
    audited_at: datetime | None
    origin: str | None
    """The request that it comes from, as a W3C `traceparent`; null for what nobody asked for."""


class SecretRow(Row, table=True):
    """One sealed secret; `sealed` is opaque bytes, `kek_id` a copy of the key id inside it.

    By its `mark`, a keyed hash, it is known again where somebody posts it. What belongs to no link is the app's own.
    """

    id: str = Field(primary_key=True)
    link_id: str | None = Field(foreign_key="linkrow.id", index=True)
    field: str
    kek_id: str = Field(index=True)
    sealed: bytes
    mark: str | None
    created_at: datetime


class GateRow(Row, table=True):
    """One Workday account that logs in; locking this row is what counts logins one after another."""

    account_key: str = Field(primary_key=True)
    used_at: datetime


class LoginRow(Row, table=True):
    """A login that failed or whose outcome is not known (yet); good ones leave no row."""

    id: str = Field(primary_key=True)
    account_key: str = Field(foreign_key="gaterow.account_key", index=True)
    at: datetime


class RefusalRow(Row, table=True):
    """How many requests of one check a tenant had to refuse, or may still have to; `id` is the check's."""

    id: str = Field(primary_key=True)
    tenant_key: str = Field(index=True)
    at: datetime
    times: int


class InboxRow(Row, table=True):
    """A delivery from Slack that was already taken in, or something that is counted: how many `times` by now."""

    key: str = Field(primary_key=True)
    received_at: datetime = Field(index=True)
    times: int = Field(default=1, sa_column_kwargs={"server_default": "1"})


class AuditRow(Row, table=True):
    """One line of a link's history; outlives the link, so it has no foreign key."""

    link_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime
    actor: str
    team: str
    role: str
    what: str
    detail: str = Field(sa_type=Text)
    digest: str


class HeadRow(Row, table=True):
    """The last line of a link's history, under a keyed hash; outlives the link as its lines do."""

    link_id: str = Field(primary_key=True)
    number: int
    digest: str
    seal: str


class TicketRow(Row, table=True):
    """Leave to send one form from a page of our own, once; whoever holds the token is taken for the person."""

    digest: str = Field(primary_key=True)
    """Of the token, which itself is nowhere but in the address of the page."""
    link_id: str = Field(foreign_key="linkrow.id", index=True)
    form: str
    step: str
    user_id: str
    team_id: str
    until: datetime = Field(index=True)
    tries: int


class DigestRow(Row, table=True):
    """When the next digest of one reader is due: of one of our own people, or, with an empty id, of the channel."""

    who: str = Field(primary_key=True)
    zone: str
    """As Slack last told it; empty until then."""
    due_at: datetime


class ToldRow(Row, table=True):
    """What a digest last said of a link, and to whom, so that nothing is said twice that has not changed."""

    link_id: str = Field(primary_key=True, foreign_key="linkrow.id")
    who: str = Field(index=True)
    mark: str
    is_new: bool
    """The reader had read nothing of it before."""
    at: datetime = Field(index=True)


class NoteRow(Row, table=True):
    """What one of our own people noted about a link; the customer sees none of it."""

    number: int | None = Field(default=None, primary_key=True)
    link_id: str = Field(foreign_key="linkrow.id", index=True)
    at: datetime
    author: str
    text: str = Field(sa_type=Text)


class InstallRow(Row, table=True):
    """One workspace, or one Grid organisation as a whole, that has installed the app; its token is a sealed secret."""

    id: str = Field(primary_key=True)
    """Of the workspace, or of the organisation where `is_org`."""
    name: str
    org_id: str
    is_org: bool
    bot_user_id: str
    bot_id: str
    url: str
    scopes: str = Field(sa_type=Text)
    secret_id: str
    expires_at: datetime | None
    busy_until: datetime | None
    """Until when one process is renewing the token."""
    saved_at: datetime


class PulseRow(Row, table=True):
    """When a part of the program last showed that it is alive."""

    name: str = Field(primary_key=True)
    at: datetime
