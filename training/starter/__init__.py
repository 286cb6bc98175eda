"""The starter: the small ResNet that ships with the hub, and its training.

It learns the answers of two MobileNets to pictures made of Tiny ImageNet's photos and of rendered
things (distillation, `teachers`), and their classes. Half of the pictures show photos smaller than
they are, because the photos have 64 pixels and real ones are sharper (`pictures`). Pictures grow
from 64 to 96 pixels during training (`schedule`), the arithmetic is bfloat16 (`model`), and the
weights are averaged (`distil`). The features are the means of all stages but the first and of the
last layer (`export`): on a crowd's photos a linear classifier reads more from them together than
from the last layer alone. The first half of the layers stays float32, which costs 1 MB: rounded as
a whole, so small a network names other classes. The softmax has the temperature that makes held-out
photos likeliest (`temperature`), so its classes weigh as evidence what they are worth.
"""
