"""The words of the captions and of scenes.csv: several ways to say one fact."""

from __future__ import annotations

PLACES: dict[str, tuple[str, ...]] = {
    "wooden table": (
        "on a wooden table",
        "on the dining table",
        "on a table of planks",
        "on brown wood",
    ),
    "kitchen counter": (
        "on a kitchen counter",
        "on the worktop in the kitchen",
        "before kitchen tiles",
    ),
    "checked cloth": ("on a checked tablecloth", "on a cloth with squares", "on a picnic cloth"),
    "white desk": ("on a white desk", "on a plain white table", "on an office desk"),
    "shelf": ("on a shelf", "on a shelf between books", "on the bookshelf"),
    "green felt": ("on green felt", "on a gaming table", "on a green card table"),
    "wooden floor": ("on a wooden floor", "on the floorboards", "on the parquet at home"),
    "carpet": ("on a carpet", "on the rug", "on a soft carpet indoors"),
    "tiled floor": ("on a tiled floor", "on floor tiles", "on the tiles of the hall"),
    "pavement": ("on the pavement", "on paving stones", "on the street"),
    "sand": ("on the sand", "at the beach", "on a sandy beach"),
    "garden table": (
        "on a garden table",
        "on weathered boards outside",
        "on an old table in the garden",
    ),
    "grass": ("on the grass", "on a lawn", "in the garden, on the grass"),
}
"""Where, as a phrase; the first is the one of scenes.csv."""

LIGHTS: dict[str, tuple[str, ...]] = {
    "window left": ("window light from the left", "daylight from a window on the left"),
    "window right": ("window light from the right", "daylight from a window on the right"),
    "evening lamp": ("warm lamp light", "the yellow light of a lamp", "evening lamp light"),
    "flash": ("bright flash light", "the light of a flash", "the glare of a phone's flash"),
    "sun through window": (
        "low sun through a window",
        "a patch of sun indoors",
        "slanting sunlight",
    ),
    "soft day": ("soft daylight", "even light", "the light of a bright room"),
    "neon": ("pink and blue neon light", "coloured light", "the glow of neon tubes"),
    "overcast": ("overcast daylight", "grey daylight", "the light of a cloudy day"),
    "sun": ("direct sun", "bright sunshine", "midday sun"),
    "low sun": ("low evening sun", "golden light", "the last sun of the day"),
}
"""The light, without an article where it has none; the first is the one of scenes.csv."""

CLUTTER: dict[str, tuple[str, ...]] = {
    "plate": ("a plate", "an empty plate"),
    "napkin": ("a napkin", "a folded cloth"),
    "tumbler": ("a glass", "a drinking glass"),
    "jar": ("a small jar", "a jar with a lid"),
    "spoon": ("a spoon", "a metal spoon"),
    "phone": ("a phone", "a mobile phone"),
    "pen": ("a pen", "a ballpoint pen"),
    "notes": ("some paper", "a few sheets of paper"),
    "coins": ("a few coins", "loose change"),
    "plant": ("a potted plant", "a house plant"),
    "leaves": ("fallen leaves", "a few dry leaves"),
    "pebbles": ("some pebbles", "a few stones"),
    "box": ("a cardboard box", "a box"),
    "cushion": ("a cushion", "a soft cushion"),
}

NOUNS: dict[str, tuple[str, ...]] = {
    "mug": ("mug", "coffee mug", "cup"),
    "bottle": ("bottle",),
    "ball": ("ball", "toy ball"),
    "chair": ("chair", "seat"),
    "lamp": ("lamp", "table lamp"),
    "umbrella": ("umbrella", "brolly"),
    "teapot": ("teapot", "pot for tea"),
}
"""Other names of the things of MADE_OF."""

MADE_OF: dict[str, tuple[str, ...]] = {
    "mug": ("straight", "round", "enamel", "tapered"),
    "bottle": ("wine", "beer", "swing", "flask", "squeeze"),
    "ball": ("basketball", "plain"),
    "chair": ("slats", "shell", "cafe"),
    "lamp": ("arm",),
    "umbrella": ("open", "striped", "rainbow"),
    "teapot": ("round", "squat", "tall"),
}
"""The forms that one can speak of as "<noun> made of <material>" and "<colour> <noun>"."""
