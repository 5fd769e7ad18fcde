"""Keras' guide to fine-tuning, run as written on released Keras 3, beside the same with the statistics truly still.

    python benchmarks/peers/keras_guide.py PHOTOS WEIGHTS.keras [--epochs 20] [--fine-tune-epochs 10] [--no-augment]
                                           [--variants guide still]

PHOTOS has train/<class>/* and validation/<class>/*; WEIGHTS.keras holds a model with a layer `xception` (the kitchenware
package's file does, with Keras' ImageNet weights). The head is trained on the frozen base, then everything is fine-tuned
twice from the same point: by `fit` on the functional model, as the guide has it, and on a subclass that calls
`base(x, training=False)` itself. The guide promises that the base stays in inference mode. Keras 3.15.1 keeps that in
the subclass alone (keras issue 20285): in the functional model its moving statistics change, and the accuracy falls.
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

SIZE = (150, 150)


def photos(folder, batch_size, limit, shuffle, seed):
    dataset = keras.utils.image_dataset_from_directory(folder, label_mode="binary", image_size=SIZE, batch_size=None,
                                                       shuffle=True, seed=seed, verbose=False)
    dataset = dataset.take(limit).cache()
    for _ in dataset:  # fills the cache
        pass
    if shuffle:
        dataset = dataset.shuffle(10_000, seed=seed)
    return dataset.batch(batch_size).prefetch(10)


class Still(keras.Model):
    """The guide's model as a subclass: training=False reaches the base."""

    def __init__(self, augmentation, normalization, base, dropout, head):
        super().__init__()
        self.augmentation, self.normalization, self.base = augmentation, normalization, base
        self.pool, self.dropout, self.head = keras.layers.GlobalAveragePooling2D(), dropout, head
        normalization.build((None, *SIZE, 3))

    def call(self, x, training=False):
        x = self.normalization(self.augmentation(x, training=training))
        x = self.pool(self.base(x, training=False))
        return self.head(self.dropout(x, training=training))


def compile_model(model, learning_rate):
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=keras.losses.BinaryCrossentropy(from_logits=True),
                  metrics=[keras.metrics.BinaryAccuracy(threshold=0)])


def statistics(base):
    return [w.numpy() for w in base.weights if w.name in ("moving_mean", "moving_variance")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos")
    parser.add_argument("weights")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--fine-tune-epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-augment", action="store_true")
    parser.add_argument("--variants", nargs="+", choices=("guide", "still"), default=["guide", "still"],
                        help="what to fine-tune by")
    parser.add_argument("--limit", type=int, default=-1, help="so many photos of each set only")
    arguments = parser.parse_args()
    keras.utils.set_random_seed(arguments.seed)

    train = photos(os.path.join(arguments.photos, "train"), arguments.batch_size, arguments.limit, True, arguments.seed)
    validation = photos(os.path.join(arguments.photos, "validation"), arguments.batch_size, arguments.limit, False,
                        arguments.seed)
    base = keras.applications.Xception(weights=None, include_top=False, input_shape=(*SIZE, 3))
    base.set_weights(keras.models.load_model(arguments.weights, compile=False).get_layer("xception").get_weights())
    base.trainable = False

    layers = keras.layers
    augmentation = keras.Sequential([] if arguments.no_augment else
                                    [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)], name="augmentation")
    normalization = layers.Normalization(mean=[127.5] * 3, variance=[127.5**2] * 3)
    dropout, head = layers.Dropout(0.2), layers.Dense(1)
    inputs = keras.Input((*SIZE, 3))
    x = inputs if arguments.no_augment else augmentation(inputs)
    x = base(normalization(x), training=False)
    x = dropout(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, head(x))

    compile_model(model, 1e-3)
    model.fit(train, epochs=arguments.epochs, validation_data=validation, verbose=2)
    results = [("frozen", 0, *model.evaluate(validation, verbose=0))]
    start = base.get_weights(), head.get_weights()

    still = Still(augmentation if not arguments.no_augment else layers.Identity(), normalization, base, dropout, head)
    base.trainable = True
    variants = {"guide": ("fine-tuned: fit on the functional model, as the guide has it", model),
                "still": ("fine-tuned: a subclass, statistics still", still)}
    for name, variant in (variants[key] for key in arguments.variants):
        base.set_weights(start[0])
        head.set_weights(start[1])
        before = statistics(base)
        compile_model(variant, 1e-5)
        print(name)
        variant.fit(train, epochs=arguments.fine_tune_epochs, validation_data=validation, verbose=2)
        moved = sum(not np.array_equal(a, b) for a, b in zip(before, statistics(base)))
        results.append((name, moved, *variant.evaluate(validation, verbose=0)))

    print(f"\nkeras {keras.__version__}, tensorflow {tf.__version__}, seed {arguments.seed}, {arguments.epochs} + "
          f"{arguments.fine_tune_epochs} epochs, augmentation {'off' if arguments.no_augment else 'on'}\n")
    print(f"| run | moving statistics that changed, of {len(before)} | validation loss | validation accuracy |\n"
          "| --- | --- | --- | --- |")
    for name, moved, loss, accuracy in results:
        print(f"| {name} | {moved} | {loss:.3f} | {accuracy:.3f} |")


if __name__ == "__main__":
    main()
