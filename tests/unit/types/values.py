"""Values of every field type, few enough that changes of one base often meet."""

from __future__ import annotations

from hypothesis import strategies as st

WORDS = st.sampled_from(["urgent", "Été", "budget", "à voir", "AG", "Zoé"])
PARAGRAPHS = st.sampled_from(
    [
        "Nous préparons l'assemblée générale.",
        "Nous préparons l'assemblée générale de mars.",
        "Qui apporte le pain ?",
        "Qui apporte le pain et le vin ?",
        "Qui apporte le vin ?",
        "- un\n- deux",
        "- un\n- deux\n- trois",
        "# Budget",
        "Zoé s'en occupe.",
    ]
)
GAPS = st.sampled_from(["\n\n", "\n\n\n", "\n  \n"])


@st.composite
def rich(draw) -> str | None:
    found = draw(st.lists(PARAGRAPHS, max_size=6))
    text = "".join(part + draw(GAPS) for part in found)
    return draw(st.sampled_from([text, text.rstrip(), text.rstrip() + "\n"])) or None


MOMENTS = st.sampled_from(
    [
        "2026-03-01",
        "2026-03-02",
        "2026-03-01T14:00:00+01:00[Europe/Paris]",
        "2026-03-01T13:00:00Z",
        "2026-03-01T13:00:00.250Z",
        "2026-07-01T09:30:00+02:00",
    ]
)
SETS = st.lists(WORDS, max_size=5)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.sampled_from(["Pain", "Vin", "Vin rouge", "Appeler Zoé", "Salle"]),
            "done": st.booleans(),
        },
        optional={
            "id": st.sampled_from(["1", "2", "3", "4"]),
            "due": MOMENTS,
            "who": st.sampled_from(["zoe", "ali"]),
            "list": st.sampled_from(["Courses", "Avant"]),
        },
    ),
    max_size=5,
)
HASHES = st.sampled_from([None, "sha256:" + "a" * 64, "sha256:" + "b" * 64])
BLOBS = st.fixed_dictionaries(
    {"name": WORDS, "size": st.integers(0, 3), "hash": HASHES},
    optional={"mime": st.just("text/plain")},
)
PLACES = st.fixed_dictionaries({}, optional={"name": WORDS} | {}) | st.fixed_dictionaries(
    {"lat": st.sampled_from([0, 48.85, -33.9]), "lon": st.sampled_from([0, 2.35])},
    optional={"name": WORDS},
)
LINES = st.lists(
    st.sampled_from(
        [
            "RRULE:FREQ=WEEKLY",
            "RRULE:FREQ=WEEKLY;BYDAY=MO",
            "EXDATE:20260301T140000Z",
            "EXDATE:20260308T140000Z,20260315T140000Z",
            "RDATE;VALUE=DATE:20260401",
        ]
    ),
    max_size=4,
)

RAW = {
    "text": WORDS,
    "richtext": rich(),
    "choice": WORDS,
    "set": SETS,
    "person": WORDS,
    "people": SETS,
    "moment": MOMENTS,
    "duration": st.sampled_from(["PT1H", "PT60M", "P1D", "PT24H", "-PT15M", "P1W", "PT0S"]),
    "bool": st.booleans(),
    "number": st.integers(-3, 3) | st.sampled_from([0.5, 2.0]),
    "rank": st.sampled_from([1, 16384, 0.5, "a0", "a1"]),
    "checklist": ENTRIES,
    "blob": BLOBS,
    "link": st.sampled_from(["https://example.org", "https://EXAMPLE.org/", "mailto:a@b.c"]),
    "location": PLACES,
    "recurrence": LINES,
}
"""Type name -> values as systems give them, None among them."""

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["\ud800", "0000-00-00", "P", "PT", "RRULE:", "RRULE:FREQ=", "12:00", "[", "1e999"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["text", "done", "due", "id", "name", "size", "hash", "lat", "lon", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)
