"""What the starter's card says in words."""

SOURCE = "small ResNet v1 of basic units, trained by `python -m training.starter`"
LICENCE = (
    "the hub's own code and rendered photos; trained on ImageNet photos too, whose terms allow"
    " research use only"
)
DATA = (
    "Tiny ImageNet: 44,000 photos of 200 classes at 64 pixels (ImageNet's terms: research use)",
    "rendered photos of everyday things, of other seeds than the shipped ones (the hub's own)",
    "answers of two published networks to these pictures: MobileNet v1's features and MobileNet"
    " v2's ImageNet classes (TensorFlow, Apache-2.0)",
)
METHOD = (
    "Distillation: the features match MobileNet v1's, a head that is cut off later answers as"
    " MobileNet v2, another learns the classes. Pictures are cuts of photos, photos on a canvas,"
    " and four photos in one, at 64 to 96 pixels. AdamW with a cosine, weights averaged. The"
    " softmax's temperature is chosen on held-out photos. The crowd's photos were never trained"
    " on, but they told how far it had come, and which layers make the features: its figure is not"
    " wholly independent."
)
LIMITS = (
    "Trained on a processor for two and a half hours: a network that is prepared from published"
    " weights sees more.",
    "It names 200 ImageNet classes and the rendered things; photos of anything else get one of"
    " those names with a low probability.",
    "Its photos were small, so fine print and small things are lost on it.",
)
