from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from actions.shop import IdempotencyConflict, NotReturnable, Return, ShopMisconfigured, ShopUnavailable, sqlite_file
from actions.shop.sqlite import SqliteShop
from tests.actions.shop.playing import sample_file
from tests.actions.shop.sample import ADA, DELIVERED, LAST_DAY, clock


def test_of_many_processes_that_return_a_line_at_once_one_does(tmp_path: Path) -> None:
    """Each adapter has a connection and a thread of its own, as processes would."""
    path = sample_file(tmp_path)

    async def race() -> None:
        shops = [SqliteShop(path, clock=clock) for _ in range(6)]
        for number, lines in ((DELIVERED, ["1", "2"]), (LAST_DAY, ["1"])):
            answers = await asyncio.gather(
                *(
                    shop.start_return(ADA, number, lines, "", idempotency_key=f"{number}-{n}")
                    for n, shop in enumerate(shops)
                ),
                return_exceptions=True,
            )
            made = [answer for answer in answers if isinstance(answer, Return)]
            assert len(made) == 1, answers
            assert sum(isinstance(answer, NotReturnable) for answer in answers) == len(shops) - 1
            assert await shops[0].returns(ADA, number) == tuple(made)
        for shop in shops:
            await shop.close()

    asyncio.run(race())


def test_one_key_used_by_many_processes_at_once_makes_one_return(tmp_path: Path) -> None:
    path = sample_file(tmp_path)

    async def race() -> None:
        shops = [SqliteShop(path, clock=clock) for _ in range(6)]
        answers = await asyncio.gather(
            *(shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k") for shop in shops)
        )
        assert len(set(answers)) == 1
        assert await shops[0].returns(ADA, DELIVERED) == (answers[0],)
        with pytest.raises(IdempotencyConflict):
            await shops[1].start_return(ADA, DELIVERED, ["2"], "", idempotency_key="k")
        for shop in shops:
            await shop.close()

    asyncio.run(race())


def test_the_file_itself_refuses_a_second_return_of_a_line(tmp_path: Path) -> None:
    with closing(sqlite_file.connect(sample_file(tmp_path))) as connection:
        taken = connection.execute("SELECT * FROM returned_lines").fetchone()
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO returned_lines VALUES (?, ?, 'RT-2')", tuple(taken)[:2])


def test_a_change_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    path = sample_file(tmp_path)

    async def fail_after_writing() -> None:
        times = [clock(), clock()]  # for the window and the return; the request's own row finds none left
        shop = SqliteShop(path, clock=times.pop)
        with pytest.raises(IndexError):
            await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")
        assert await shop.returns(ADA, DELIVERED) == ()
        await shop.close()
        again = SqliteShop(path, clock=clock)
        assert (await again.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")).line_ids == ("1",)
        await again.close()

    asyncio.run(fail_after_writing())


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = sample_file(tmp_path / "home")
    connection = sqlite_file.connect(path)
    connection.execute("UPDATE customers SET name = 'x'")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    connection.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at" * 40, b"SQLite format 3\0"]
)
def test_a_file_that_is_no_shop_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "shop.sqlite3"
    path.write_bytes(content)
    with pytest.raises(ShopMisconfigured, match="is not a shop file"):
        sqlite_file.connect(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE notes (text)")
        other.commit()
    with pytest.raises(ShopMisconfigured, match="another program's tables"):
        sqlite_file.connect(path)


def test_a_shop_of_a_later_version_is_not_opened(tmp_path: Path) -> None:
    path = sample_file(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ShopMisconfigured, match="version 99 and this program reads version 1"):
        sqlite_file.connect(path)


def test_a_file_locked_for_too_long_makes_the_shop_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    path = sample_file(tmp_path)

    async def wait_in_vain() -> None:
        shop = SqliteShop(path, clock=clock)
        order = await shop.order(ADA, DELIVERED)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(ShopUnavailable):
                await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")
            assert await shop.order(ADA, DELIVERED) == order
            other.execute("ROLLBACK")
        assert (await shop.start_return(ADA, DELIVERED, ["1"], "", idempotency_key="k")).line_ids == ("1",)
        await shop.close()

    asyncio.run(wait_in_vain())


def test_an_empty_shop_says_how_to_fill_it(tmp_path: Path) -> None:
    async def ask() -> None:
        shop = SqliteShop(tmp_path / "shop.sqlite3")
        with pytest.raises(ShopMisconfigured, match="import FILE"):
            await shop.policies()
        assert await shop.authenticate("501", email="ada@example.com") is None
        await shop.close()

    asyncio.run(ask())
