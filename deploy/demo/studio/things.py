"""The things that the studio photographs (MIDs and names: Open Images, CC BY 4.0)."""

from __future__ import annotations

from deploy.demo.studio.look import Appearance, Thing

TABLES = ("wooden table", "kitchen counter", "checked cloth", "white desk", "shelf")
FLOORS = ("wooden floor", "carpet", "tiled floor")
KITCHEN_CLUTTER = ("plate", "napkin", "tumbler", "spoon", "plant", "jar")
DESK_CLUTTER = ("phone", "pen", "notes", "plant", "coins", "jar")
FLOOR_CLUTTER = ("plant", "box", "cushion")

MUG = Thing(
    "mug",
    "/m/02jvh9",
    "Mug",
    (
        Appearance("white", "glazed ceramic", "straight", "plain white mug", ("f2efe8", "f2efe8")),
        Appearance("blue", "glazed ceramic", "round", "blue ceramic mug", ("1f4f8f", "f0ece0")),
        Appearance("red", "enamel", "enamel", "red enamel mug", ("b5221c", "1b1b1f")),
        Appearance(
            "cream", "speckled stoneware", "tapered", "speckled stoneware mug", ("d8c9ae", "4a3524")
        ),
        Appearance("black", "matte ceramic", "tapered", "matte black mug", ("202022", "202022")),
        Appearance(
            "yellow", "glazed ceramic", "straight", "bright yellow mug", ("e3a814", "f6f0dc")
        ),
    ),
    (*TABLES, "garden table"),
    KITCHEN_CLUTTER,
)
APPLE = Thing(
    "apple",
    "/m/014j1m",
    "Apple",
    (
        Appearance("red", "smooth skin", "one", "red apple", ("8e0f14", "b8402a")),
        Appearance("green", "smooth skin", "one", "green apple", ("7fa82b", "a3bf4a")),
        Appearance(
            "yellow and red",
            "blushed skin",
            "one",
            "yellow apple with a red blush",
            ("dcae3c", "b3281b"),
        ),
        Appearance("red", "smooth skin", "three", "three red apples", ("7c0d16", "a82a22"), True),
        Appearance("green", "smooth skin", "two", "pair of green apples", ("6f9c22", "b4c850")),
    ),
    (*TABLES, "grass", "garden table"),
    KITCHEN_CLUTTER,
)
BANANA = Thing(
    "banana",
    "/m/09qck",
    "Banana",
    (
        Appearance("yellow", "smooth peel", "one", "ripe banana", ("f0c01f", "8a6a1a")),
        Appearance("yellow", "smooth peel", "bunch", "bunch of bananas", ("ecba22", "7a5c18")),
        Appearance(
            "green", "smooth peel", "bunch", "bunch of unripe bananas", ("9fb52c", "6c7a20")
        ),
        Appearance(
            "yellow with brown spots", "spotted peel", "one", "spotted banana", ("e0ab1c", "4a2c10")
        ),
        Appearance("yellow", "smooth peel", "two", "two bananas", ("f2c832", "8a6a1a"), True),
    ),
    (*TABLES, "garden table"),
    KITCHEN_CLUTTER,
    (25.0, 68.0),
)
ORANGE = Thing(
    "orange",
    "/m/0cyhj_",
    "Orange",
    (
        Appearance("orange", "dimpled peel", "one", "whole orange", ("ee7a08", "f79a1c")),
        Appearance("orange", "cut flesh", "half", "halved orange", ("ee7a08", "f9b13c")),
        Appearance(
            "orange with a green leaf",
            "dimpled peel",
            "leaf",
            "orange with a leaf",
            ("e8700a", "f28a14"),
        ),
        Appearance(
            "deep orange",
            "dimpled peel",
            "three",
            "three small oranges",
            ("dd5a06", "ee7a10"),
            True,
        ),
    ),
    (*TABLES, "grass", "garden table"),
    KITCHEN_CLUTTER,
)
BOTTLE = Thing(
    "bottle",
    "/m/04dr76w",
    "Bottle",
    (
        Appearance("green", "glass", "wine", "green wine bottle", ("3f6b2a", "efe6cf")),
        Appearance("brown", "glass", "beer", "brown beer bottle", ("7a3a0c", "c7372c")),
        Appearance("clear", "glass", "swing", "clear glass bottle", ("f1f7f4", "8fb8c4")),
        Appearance("blue", "brushed steel", "flask", "blue steel bottle", ("1c4c7c", "b8b8b8")),
        Appearance("white", "plastic", "squeeze", "white plastic bottle", ("f0f0ec", "2c8a5a")),
        Appearance("red", "plastic", "squeeze", "red sauce bottle", ("b3170f", "f4f4f0")),
    ),
    (*TABLES, "pavement", "garden table"),
    KITCHEN_CLUTTER,
    (4.0, 32.0),
)
BALL = Thing(
    "ball",
    "/m/018xm",
    "Ball",
    (
        Appearance(
            "black and white",
            "leather",
            "football",
            "black and white football",
            ("f0f0ee", "16161a"),
        ),
        Appearance(
            "orange", "pebbled rubber", "basketball", "orange basketball", ("b8521a", "1a1512")
        ),
        Appearance("yellow-green", "felt", "tennis", "tennis ball", ("c5d92a", "f0f0e8")),
        Appearance("many-coloured", "vinyl", "beach", "striped beach ball", ("f2f2f0", "d8262c")),
        Appearance("red", "rubber", "plain", "red rubber ball", ("b8141a", "b8141a")),
    ),
    ("grass", "pavement", "wooden floor", "sand", "carpet"),
    ("pebbles", "leaves", "box"),
    (6.0, 42.0),
)
CANDLE = Thing(
    "candle",
    "/m/0c06p",
    "Candle",
    (
        Appearance("ivory", "wax", "pillar", "thick ivory candle", ("f1e6cc", "f1e6cc")),
        Appearance("red", "wax", "taper", "red taper in a brass holder", ("a01218", "c79a3e")),
        Appearance("honey", "beeswax", "pillar", "beeswax candle", ("d79a35", "b8741c")),
        Appearance("white", "wax in glass", "jar", "candle in a glass jar", ("f3efe4", "e8f0ee")),
        Appearance(
            "white", "wax in tin", "tealights", "three tea lights", ("f5f1e6", "c2c2c6"), True
        ),
    ),
    ("wooden table", "checked cloth", "shelf", "white desk"),
    ("napkin", "jar", "plant", "pebbles", "notes"),
    (10.0, 42.0),
)
CHAIR = Thing(
    "chair",
    "/m/01mzpv",
    "Chair",
    (
        Appearance("brown", "wood", "slats", "wooden kitchen chair", ("a9713d", "5e3717")),
        Appearance("red", "moulded plastic", "shell", "red shell chair", ("b51f1c", "b98a56")),
        Appearance("white", "painted wood", "slats", "white painted chair", ("ece9e1", "d8d4ca")),
        Appearance("black", "metal", "cafe", "black café chair", ("1c1d20", "1c1d20")),
        Appearance("blue", "upholstery", "armchair", "blue armchair", ("29506e", "6b4526")),
        Appearance("white", "moulded plastic", "shell", "white shell chair", ("efeee9", "c49a64")),
    ),
    (*FLOORS, "pavement", "grass"),
    FLOOR_CLUTTER,
    (8.0, 32.0),
)
LAMP = Thing(
    "lamp",
    "/m/0dtln",
    "Lamp",
    (
        Appearance(
            "blue",
            "ceramic and linen",
            "ceramic",
            "table lamp with a blue foot",
            ("24507c", "efe4cf"),
        ),
        Appearance("black", "metal", "arm", "black desk lamp", ("1c1c1f", "1c1c1f")),
        Appearance("red", "metal", "arm", "red desk lamp", ("b3241c", "d8d8d4")),
        Appearance("brown", "wood and linen", "turned", "wooden table lamp", ("9a6434", "f2ead8")),
        Appearance("white", "opal glass", "globe", "white globe lamp", ("f6f2e8", "b98d3a")),
    ),
    ("wooden table", "white desk", "shelf"),
    ("notes", "pen", "plant", "phone", "jar"),
    (4.0, 28.0),
)
BOOK = Thing(
    "book",
    "/m/0bt_c3",
    "Book",
    (
        Appearance("red", "cloth-bound", "closed", "red clothbound book", ("8c1c1a", "d8b45a")),
        Appearance(
            "many-coloured", "paper and board", "stack", "stack of books", ("2c5a7c", "c8882a")
        ),
        Appearance("white", "paper", "open", "open book", ("f3eddc", "6c2a20")),
        Appearance(
            "blue", "cloth-bound", "standing", "blue book standing up", ("1f3f72", "e8e2d0")
        ),
        Appearance("green", "cloth-bound", "closed", "green hardback", ("2a5c3c", "e2c56c")),
    ),
    (*TABLES, "carpet", "garden table"),
    DESK_CLUTTER,
    (18.0, 60.0),
)
UMBRELLA = Thing(
    "umbrella",
    "/m/0hnnb",
    "Umbrella",
    (
        Appearance("red", "nylon", "open", "open red umbrella", ("b8161c", "b8161c")),
        Appearance("many-coloured", "nylon", "rainbow", "rainbow umbrella", ("d8262c", "2c5aa8")),
        Appearance("black", "nylon", "open", "open black umbrella", ("17181c", "17181c")),
        Appearance(
            "blue and white", "nylon", "striped", "blue and white umbrella", ("1c4a94", "f0efe8")
        ),
        Appearance("yellow", "nylon", "closed", "folded yellow umbrella", ("dca814", "dca814")),
        Appearance("navy", "nylon", "closed", "folded navy umbrella", ("182a54", "182a54")),
    ),
    ("pavement", "wooden floor", "grass", "tiled floor", "sand"),
    ("leaves", "pebbles", "box"),
    (10.0, 40.0),
)
DOUGHNUT = Thing(
    "doughnut",
    "/m/0jy4k",
    "Doughnut",
    (
        Appearance(
            "pink", "icing with sprinkles", "sprinkles", "pink iced doughnut", ("e87fa4", "c98a48")
        ),
        Appearance("brown", "chocolate icing", "iced", "chocolate doughnut", ("3d1c0c", "c08040")),
        Appearance("golden", "sugar", "sugared", "sugared doughnut", ("c88a44", "c88a44")),
        Appearance(
            "white",
            "icing with sprinkles",
            "sprinkles",
            "white iced doughnut",
            ("f3ece0", "c98a48"),
        ),
        Appearance(
            "pink and brown", "icing", "two", "two iced doughnuts", ("e58aa8", "c08040"), True
        ),
    ),
    TABLES,
    ("plate", "napkin", "tumbler", "spoon", "jar"),
    (22.0, 66.0),
)
DICE = Thing(
    "dice",
    "/m/029b3",
    "Dice",
    (
        Appearance("white", "plastic", "pair", "pair of white dice", ("f0ede4", "17171a")),
        Appearance("red", "clear acrylic", "pair", "pair of clear red dice", ("f04850", "f6f4ee")),
        Appearance("black", "plastic", "three", "three black dice", ("1b1b1e", "f2f2ee"), True),
        Appearance("brown", "wood", "pair", "pair of wooden dice", ("b98850", "3a2414")),
        Appearance("blue", "plastic", "five", "five blue dice", ("1f56a8", "f4f2ea"), True),
        Appearance("green", "plastic", "one", "green die", ("1c7a4c", "f4f2ea")),
    ),
    ("wooden table", "checked cloth", "white desk", "green felt", "garden table"),
    ("coins", "pen", "notes"),
    (18.0, 58.0),
)
TEAPOT = Thing(
    "teapot",
    "/m/01fh4r",
    "Teapot",
    (
        Appearance("white", "porcelain", "round", "white porcelain teapot", ("f3f1ea", "f3f1ea")),
        Appearance("black", "cast iron", "squat", "cast-iron teapot", ("222326", "222326")),
        Appearance(
            "brown", "glazed ceramic", "round", "brown ceramic teapot", ("4a2412", "4a2412")
        ),
        Appearance("blue", "glazed ceramic", "tall", "blue teapot", ("2f6f9a", "2f6f9a")),
        Appearance("red", "enamel", "tall", "red enamel teapot", ("a81e1a", "18181a")),
    ),
    (*TABLES, "garden table"),
    KITCHEN_CLUTTER,
)
THINGS = {
    thing.name: thing
    for thing in (
        MUG, APPLE, BANANA, ORANGE, BOTTLE, BALL, CANDLE,
        CHAIR, LAMP, BOOK, UMBRELLA, DOUGHNUT, DICE, TEAPOT,
    )
}  # fmt: skip
