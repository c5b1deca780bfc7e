"""What an admin does between two runs: edits the mappings, and starts the engine anew."""

from __future__ import annotations

from dataclasses import replace

from sync.mapping.unit import Absence, Binding
from tests.simulation.stage import Actor, Stage


class Admin:
    """Edits the mappings of a stage as its form says. All is drawn from the second Random."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.random = stage.more

    def act(self) -> None:
        """One edit of a mapping."""
        edits = (
            self._field_away,
            self._field_back,
            self._field_back,
            self._side_away,
            self._side_back,
            self._side_back,
            self._comments_away,
            self._comments_back,
            self._field_one_way,
        )
        edit = self.random.choice(edits)
        actor = self.random.choice(self.stage.actors)
        if edit(actor):
            self.stage.trace.append(f"admin {edit.__name__} on {actor.name}")
            self.stage.engine = self.stage.rebuild()

    def turn(self) -> None:
        """A side is only sent to, only read, or takes and gives again."""
        actor = self.random.choice(self.stage.actors[1:])
        way = self.random.choice(["both", "sent", "read"])
        turned = {
            "reads": way != "sent",
            "writes": way != "read",
            "on_absence": Absence.PUT_BACK if way == "sent" else Absence.ITEM,
        }
        actor.member = replace(actor.member, **turned)
        actor.comments = actor.comments and replace(actor.comments, **turned)
        self.stage.trace.append(f"admin turns {actor.name}: {way}")
        self.stage.engine = self.stage.rebuild()

    def restore(self) -> None:
        """Everything is mapped again, both ways."""
        for actor in self.stage.actors:
            assert actor.whole is not None
            actor.member, actor.comments, actor.mapped = actor.whole, actor.talk, True
        self.stage.trace.append("admin maps everything")
        self.stage.engine = self.stage.rebuild()

    def _field_away(self, actor: Actor) -> bool:
        named = sorted(actor.maps - {"title", "archived"})  # without that, it has a filter
        if not named:
            return False
        field = self.random.choice(named)
        gone = {field, "rank"} if field == "list" else {field}  # places are places in a list
        kept = tuple(b for b in actor.member.bindings if b.hub not in gone)
        actor.member = replace(actor.member, bindings=kept)
        return True

    def _field_back(self, actor: Actor) -> bool:
        assert actor.whole is not None
        away = [b for b in actor.whole.bindings if b not in actor.member.bindings]
        if not away:
            return False
        back = {self.random.choice(away).hub}
        if "rank" in back:
            back.add("list")
        self._bind(actor, {b.hub: b for b in away if b.hub in back})
        return True

    def _field_one_way(self, actor: Actor) -> bool:
        """An edit of a field is not taken in from a side any more, or not sent to it."""
        fields = [b for b in actor.member.bindings if b.hub in {"description", "labels", "done"}]
        if not fields:
            return False
        binding = self.random.choice(fields)
        reads = self.random.random() < 0.5
        self._bind(actor, {binding.hub: replace(binding, reads=reads, writes=not reads)})
        return True

    def _bind(self, actor: Actor, bindings: dict[str, Binding]) -> None:
        assert actor.whole is not None
        now = {b.hub: b for b in actor.member.bindings} | bindings
        order = [b.hub for b in actor.whole.bindings]
        actor.member = replace(actor.member, bindings=tuple(now[f] for f in order if f in now))

    def _side_away(self, actor: Actor) -> bool:
        """A side with a write whose outcome is not known yet is not let go."""
        unknown = {i.collection for i in self.stage.store.intents()}
        keys = {m.key for m in (actor.member, actor.comments) if m}
        if actor is self.stage.actors[0] or len(self.stage.live) < 3 or keys & unknown:
            return False
        was, actor.mapped = actor.mapped, False
        return was

    def _side_back(self, actor: Actor) -> bool:
        was, actor.mapped = actor.mapped, True
        return not was

    def _comments_away(self, actor: Actor) -> bool:
        unknown = {i.collection for i in self.stage.store.intents()}
        if actor.comments is None or actor.comments.key in unknown:
            return False
        actor.comments = None
        return True

    def _comments_back(self, actor: Actor) -> bool:
        was, actor.comments = actor.comments, actor.talk
        return was is not actor.comments
