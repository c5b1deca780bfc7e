"""What people do on the sides: random members, who write down each value that they type.

This module and the checker know nothing of the engine: they look at worlds.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from connectors.memory.world import State
from sync.errors import Gone
from sync.model import Fields, Plain
from tests.simulation.oracle import Ledger, tokens
from tests.simulation.stage import CUT, LABELS, LISTS, Actor, Stage


class People:
    """Random members, acting on the worlds as they would on Trello or a wiki."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.random = stage.random
        self.ledger = Ledger()
        self._serial = 0
        self._carried: set[str] = set()
        self._retyped: set[tuple[str, str]] = set()
        self.met = False
        """Whether the sides have met."""

    def token(self, letter: str) -> str:
        self._serial += 1
        made = f"{letter}{self._serial}z"
        self.ledger.typed.add(made)
        return made

    def act(self) -> None:
        """One person does one thing somewhere."""
        if self.stage.form.narrow and self.stage.more.random() < 0.2:
            ticks = self.stage.form.edited and self.stage.more.random() < 0.5
            with suppress(Gone):
                (self._done if ticks else self._due)(self.stage.more.choice(self.stage.actors))
            return
        if self.stage.form.rough and self.stage.more.random() < 0.05:
            self._drop_option(self.stage.more.choice(self.stage.actors))
            return
        if self.stage.form.rough and self.stage.more.random() < 0.1:
            self._exchange(self.stage.more.choice(self.stage.actors))
            return
        actor = self.random.choice(self.stage.actors)
        verb = self.random.choices(
            [
                "add",
                "title",
                "text",
                "label",
                "list",
                "rank",
                "done",
                "delete",
                "archive",
                "comment",
                "recomment",
                "uncomment",
                "rename",
                "copy",
                "unarchive",
                "rewrite",
                "contest",
            ],
            [3, 3, 4, 2, 2, 2, 1, 1, 0.5, 2, 1, 1, 0.5, 0.5, 1, 2, 1],
        )[0]
        try:
            getattr(self, f"_{verb}")(actor)
        except Gone:
            return
        self.stage.trace.append(f"people {verb} on {actor.name}")

    def _cards(self, actor: Actor) -> list[State]:
        return sorted(actor.world.all(actor.shelf), key=lambda s: s.ref)

    def _pick(self, actor: Actor) -> State:
        cards = self._cards(actor)
        if not cards:
            raise Gone("no card to choose")
        return self.random.choice(cards)

    def _edit(self, actor: Actor, state: State, **fields: object) -> None:
        for name, value in fields.items():
            old, new = state.fields.get(name), value
            self.ledger.dead |= tokens(old) - tokens(new)
            if name == "title":
                self._follows(new, old)
        actor.world.edit(actor.shelf, state.ref, fields)

    def _follows(self, new: object, old: object) -> None:
        for made, was in zip(sorted(tokens(new)), sorted(tokens(old)), strict=False):
            self.ledger.family[made] = was

    def option(self, actor: Actor, name: str, label: str) -> str:
        if not actor.connector.capabilities.options:
            return label
        known = actor.world.shelf(actor.shelf).options.get(name, {})
        same = [o.id for o in known.values() if o.name == label]
        return same[0] if same else actor.world.add_option(actor.shelf, name, label).id

    def add(self, actor: Actor) -> None:
        fields: dict[str, object] = {"title": self.token("t")}
        if "description" in actor.shows:
            fields["description"] = (
                "\n\n".join(
                    self.token("p")
                    for _ in range(self.random.choice([0, 1, 2, 2 if actor.cut else 7]))
                )
                or None
            )
        if "list" in actor.shows:
            fields["list"] = self.option(actor, "list", self.random.choice(LISTS))
            if "rank" in actor.shows:
                fields["rank"] = self._place(actor)
        actor.world.add(actor.shelf, fields)

    _add = add

    def retype(self, actor: Actor, known: State) -> None:
        """Somebody wrote down on another side what was called the same."""
        fields: dict[str, object] = {"title": known.fields["title"]}
        if "description" in actor.shows and self.stage.more.random() < 0.5:
            fields["description"] = self.token("p")
        if "rank" in actor.shows and "list" in actor.shows:
            fields["rank"] = float(len(self._cards(actor)) + 1)
        self._retyped.add((self.stage.actors[0].name, known.stable))
        self._retyped.add((actor.name, actor.world.add(actor.shelf, fields).stable))

    def _place(self, actor: Actor) -> float:
        """A number that no card has: two with one number have no order to mirror."""
        taken = {s.fields.get("rank") for s in self._cards(actor)}
        while (place := float(self.random.randrange(1, 10**6))) in taken:
            pass
        return place

    def _title(self, actor: Actor) -> None:
        self._edit(actor, self._pick(actor), title=self.token("t"))

    def name_another(self, actor: Actor, known: set[str]) -> set[str]:
        """Give a name to something of which nobody speaks yet; tell what it was ever called."""
        others = [s for s in self._cards(actor) if not self.ledger.names(s.fields["title"]) & known]
        if not others:
            return set()
        state = self.random.choice(others)
        self._edit(actor, state, title=self.token("t"))
        return self.ledger.names(state.fields["title"])

    def _text(self, actor: Actor) -> None:
        if "description" not in actor.shows:
            return
        state = self._pick(actor)
        parts = [p for p in str(state.fields.get("description") or "").split("\n\n") if p]
        if actor.cut and len("\n\n".join(parts)) > CUT - 8:
            return  # nobody adds to words that are cut in the middle
        if parts and self.random.random() < 0.4:
            parts[self.random.randrange(len(parts))] = self.token("p")
        else:
            parts.insert(self.random.randrange(len(parts) + 1), self.token("p"))
        self._edit(actor, state, description="\n\n".join(parts) or None)

    def _rewrite(self, actor: Actor) -> None:
        """Everything that is shown of a description gives way to something else."""
        if "description" in actor.shows:
            self._edit(actor, self._pick(actor), description=self.token("p"))

    def _label(self, actor: Actor) -> None:
        if "labels" not in actor.shows:
            return
        state = self._pick(actor)
        label = self.option(actor, "labels", self.random.choice(LABELS))
        labels = set(state.fields.get("labels") or []) ^ {label}
        actor.world.edit(actor.shelf, state.ref, {"labels": sorted(labels) or None})

    def _list(self, actor: Actor) -> None:
        if "list" in actor.shows:
            state = self._pick(actor)
            actor.world.edit(
                actor.shelf,
                state.ref,
                {"list": self.option(actor, "list", self.random.choice(LISTS))},
            )

    def _rank(self, actor: Actor) -> None:
        if "rank" in actor.shows and "list" in actor.shows:
            state = self._pick(actor)
            actor.world.edit(actor.shelf, state.ref, {"rank": self._place(actor)})

    def _done(self, actor: Actor) -> None:
        if "done" in actor.shows:
            state = self._pick(actor)
            self._set(actor, state, "done", actor.call(not actor.done(state.fields)))

    def _due(self, actor: Actor) -> None:
        """A date is set, moved or taken away."""
        cards = self._cards(actor)
        if cards:
            state = self.stage.more.choice(cards)
            day = self.stage.more.choice([None, 1, 2, 3, 4])
            self._set(actor, state, "due", day and f"2026-04-0{day}")
            self.stage.trace.append(f"people due on {actor.name}")

    def _set(self, actor: Actor, state: State, name: str, value: Plain) -> None:
        actor.world.edit(actor.shelf, state.ref, {name: value})
        self.outside(state, {**state.fields, name: value})

    def outside(self, state: State, fields: Fields) -> None:
        """Note a card that not every filter takes, with these values."""
        names = self.ledger.names(state.fields.get("title"))
        self.ledger.frozen = {one for one in self.ledger.frozen if one[1] not in names}
        if not all(side.takes(fields) for side in self.stage.actors):
            self.ledger.outside |= names

    def _rename(self, actor: Actor) -> None:
        options = actor.world.shelf(actor.shelf).options.get("list", {})
        if options:
            option = self.random.choice(sorted(options))
            self._serial += 1
            actor.world.rename_option(actor.shelf, "list", option, f"Liste {self._serial}")

    def carry(self) -> None:
        """A card is carried to another board of the account, with the mark that it bears.

        Once: one that was edited meanwhile is put back where it was, and stands on both.
        """
        here = self.stage.more.choice(self.stage.actors)
        (there,) = (a for a in self.stage.actors if a.system == here.system and a is not here)
        said = {s.parent for s in here.world.all(here.talks)}
        cards = [s for s in self._cards(here) if s.ref not in said and self._first(s)]
        if cards:
            state = self.stage.more.choice(cards)
            fields = {n: v for n, v in state.fields.items() if n not in {"list", "labels", "rank"}}
            here.world.remove(here.shelf, state.ref)
            there.world.add(there.shelf, fields, origin=state.origin)
            self._carried |= self.ledger.names(state.fields.get("title"))
            self.ledger.deleted |= tokens(state.fields)
            self.ledger.let_go |= tokens(state.fields)
            self.stage.trace.append(f"people carry {state.ref} from {here.name} to {there.name}")

    def _first(self, state: State) -> bool:
        return not self.ledger.names(state.fields.get("title")) & self._carried

    def _exchange(self, actor: Actor) -> None:
        """Two or three things take each other's places, where places are refs.

        What is said of a thing stays with the name: nothing is said of any here. Nor before
        the sides have met: what is not known yet cannot be known again.
        """
        refs = [s.ref for s in self._cards(actor)]
        chosen = self.stage.more.sample(refs, min(len(refs), self.stage.more.choice([2, 3])))
        named = self.met and actor.connector.capabilities.moves and not actor.converses
        if named and len(chosen) > 1:
            actor.world.rotate(actor.shelf, chosen)

    def _drop_option(self, actor: Actor) -> None:
        """A list or a label is taken away, from every card that has it too."""
        name = self.stage.more.choice(["list", "labels"])
        options = actor.world.shelf(actor.shelf).options.get(name, {})
        if options:
            option = self.stage.more.choice(sorted(options))
            for state in self._cards(actor):
                if option in (left := self._options(state, name)):
                    rest = [one for one in left if one != option] or None
                    actor.world.edit(actor.shelf, state.ref, {name: rest})
            binned = actor.world.shelf(actor.shelf).archive
            for ref, state in binned.items():
                if option in self._options(state, name):
                    binned[ref] = replace(state, fields={**state.fields, name: None})
            del options[option]
            self.stage.trace.append(f"people take {name} {option} away on {actor.name}")

    @staticmethod
    def _options(state: State, name: str) -> list[Plain]:
        value = state.fields.get(name)
        return value if isinstance(value, list) else [value]

    def _archive(self, actor: Actor) -> None:
        state = self._pick(actor)
        if state.fields.get("archived"):
            names = self.ledger.names(state.fields["title"])
            self.ledger.brought_out |= {(actor.name, name) for name in names}
        actor.world.edit(
            actor.shelf, state.ref, {"archived": None if state.fields.get("archived") else True}
        )

    def _delete(self, actor: Actor) -> None:
        self._remove(actor, self._pick(actor))

    def _remove(self, actor: Actor, state: State) -> None:
        self.bin(actor, state)
        for comment in actor.world.all(actor.talks):
            if comment.parent == state.ref:
                self.bin(actor, comment)
        if actor.connector.capabilities.soft_delete:
            actor.world.archive(actor.shelf, state.ref)
        else:
            actor.world.remove(actor.shelf, state.ref)

    def _contest(self, actor: Actor) -> None:
        """Two people, who do not see each other: one edits what the other edits or deletes."""
        mine = self._pick(actor)
        named = tokens(mine.fields.get("title"))
        for other in (a for a in self.stage.actors if a is not actor):
            for theirs in self._cards(other):
                if tokens(theirs.fields.get("title")) == named:
                    self._edit(other, theirs, title=self.token("t"))
                    if self.random.random() < 0.5:
                        self._remove(actor, mine)
                    else:
                        self._edit(actor, mine, title=self.token("t"))
                    return

    def _comment(self, actor: Actor) -> None:
        if actor.talk is not None:
            state = self._pick(actor)
            actor.world.add(actor.talks, {"text": self.token("c")}, parent=state.ref)

    def _comments(self, actor: Actor) -> list[State]:
        return sorted(actor.world.all(actor.talks), key=lambda s: s.ref)

    def _recomment(self, actor: Actor) -> None:
        comments = self._comments(actor)
        if comments:
            state = self.random.choice(comments)
            self.ledger.dead |= tokens(state.fields)
            made = self.token("c")
            self._follows(made, state.fields.get("text"))
            actor.world.edit(actor.talks, state.ref, {"text": made})

    def _uncomment(self, actor: Actor) -> None:
        comments = self._comments(actor)
        if comments:
            state = self.random.choice(comments)
            self.bin(actor, state)
            actor.world.remove(actor.talks, state.ref)

    def bin(self, actor: Actor, state: State) -> None:
        """People delete what they see of it; what that means, the mapping says."""
        self.ledger.dead |= tokens(state.fields)
        self.ledger.deleted |= tokens(state.fields)
        anything = self.stage.form.turned or self.stage.form.edited  # it may mean another by then
        if actor.absence == "item" or anything:
            self.ledger.let_go |= tokens(state.fields)
        names = self.ledger.names(state.fields.get("title"))
        self.ledger.left |= {(actor.name, name) for name in names}
        if actor.absence == "clear" or self.stage.form.edited:
            self.ledger.outside |= names

    def _copy(self, actor: Actor) -> None:
        """A card is copied, whatever marker it bears, and given a title of its own."""
        if self.stage.form.loss:
            return
        copied = actor.world.copy(actor.shelf, self._pick(actor).ref)
        fields: dict[str, object] = {"title": self.token("t")}
        if "rank" in actor.shows and "list" in actor.shows:
            fields["rank"] = self._place(actor)
        actor.world.edit(actor.shelf, copied.ref, fields)

    def _unarchive(self, actor: Actor) -> None:
        archive = sorted(
            ref
            for ref, state in actor.world.shelf(actor.shelf).archive.items()
            if (actor.name, state.stable) not in self._retyped  # nobody lists bins: see `meetings`
        )
        if archive:
            actor.world.unarchive(actor.shelf, self.random.choice(archive))
