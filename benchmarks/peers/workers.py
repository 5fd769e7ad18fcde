"""The peers' side of peers.py: one step of one kind of work, in a process of its own.

    python benchmarks/peers/workers.py time PEER infer|head|full|NETWORK|full-NETWORK BATCH SIZE THREADS REPS FOLDER
    python benchmarks/peers/workers.py export infer|NETWORK BATCH SIZE FOLDER
    python benchmarks/peers/workers.py save NETWORK|full-NETWORK SIZE FOLDER
    python benchmarks/peers/workers.py start WEIGHTS.keras

infer, head and full are of Xception without its top; a NETWORK is inference of keras.applications' of that name, whole,
full-NETWORK a training step of it without its top.
time ends with one line like that of `bench_xception --json`. export writes FOLDER/MODE_BATCH_SIZE.onnx, so that the process that
times ONNX Runtime needs no PyTorch; save writes FOLDER/MODE_SIZE.keras, for tanuki. start is a program that loads a Keras file,
predicts one image, and ends. The weights of time, export and save are random: the time does not depend on them.
"""

import json
import os
import pathlib
import resource
import statistics
import sys
import time


def import_keras():
    os.environ["TF_CPP_MIN_LOG_LEVEL"], os.environ["CUDA_VISIBLE_DEVICES"] = "3", ""
    import keras
    return keras


def tensorflow_step(mode, batch, size, threads, folder, bfloat16=False):
    keras = import_keras()
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    if bfloat16:
        keras.config.set_dtype_policy("mixed_bfloat16")
    x = tf.constant(np.random.default_rng(0).uniform(-1, 1, (batch, size, size, 3)), tf.float32)
    if mode.partition("-")[0] not in ("infer", "head", "full"):
        network = getattr(keras.applications, mode)(weights=None, input_shape=(size, size, 3))
        predict = tf.function(lambda images: tf.cast(network(images, training=False), tf.float32))
        return lambda: predict(x).numpy()
    y = tf.constant(np.arange(batch) % 2, tf.float32)[:, None]
    mode, _, network = mode.partition("-")
    base = getattr(keras.applications, network or "Xception")(weights=None, include_top=False, input_shape=(size, size, 3))
    if mode == "infer":
        forward = tf.function(lambda images: tf.cast(base(images, training=False), tf.float32))
        return lambda: forward(x).numpy()

    class Classifier(keras.Model):  # a call() of its own: there Keras 3 honours training=False
        def __init__(self):
            super().__init__()
            self.base, self.pool = base, keras.layers.GlobalAveragePooling2D()
            self.dropout, self.head = keras.layers.Dropout(0.2), keras.layers.Dense(1, dtype="float32")

        def call(self, images, training=False):
            return self.head(self.dropout(self.pool(self.base(images, training=False)), training=training))

    base.trainable = mode == "full"
    model = Classifier()
    model.compile(keras.optimizers.Adam(1e-5), keras.losses.BinaryCrossentropy(from_logits=True))
    return lambda: model.train_on_batch(x, y)


def pytorch_step(mode, batch, size, threads, folder, bfloat16=False, device="cpu", compiled=False):
    import timm
    import torch

    torch.set_num_threads(threads)
    torch.set_default_device(device if device != "cpu" else None)  # none costs nothing a call
    torch.manual_seed(0)
    mode, _, network = mode.partition("-")
    base = timm.create_model(network.lower() or "legacy_xception", pretrained=False, num_classes=0, global_pool="")
    base = base.to(memory_format=torch.channels_last).eval()  # eval: the statistics stand still
    if compiled:
        base = torch.compile(base)
    x = (torch.rand(batch, 3, size, size) * 2 - 1).contiguous(memory_format=torch.channels_last)
    y = (torch.arange(batch) % 2).float()[:, None]
    precision = torch.autocast(device, torch.bfloat16, enabled=bfloat16)

    def infer():
        with torch.inference_mode(), precision:
            features = base(x).float()
            return features.numpy() if device == "cpu" else features.flatten()[0].item()

    if mode == "infer":
        return infer
    base.requires_grad_(mode == "full")
    head = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Dropout(0.2),
                               torch.nn.Linear(512 if network == "VGG16" else 2048, 1))
    parameters = [p for p in (*base.parameters(), *head.parameters()) if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, 1e-5, eps=1e-7)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with precision:
            logits = head(base.forward_features(x) if network else base(x))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def onnx_file(mode, batch, size, folder):
    return str(pathlib.Path(folder) / f"{mode}_{batch}_{size}.onnx")


def onnxruntime_step(mode, batch, size, threads, folder, bfloat16=False):
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx_file(mode, batch, size, folder), options, ["CPUExecutionProvider"])
    x = np.random.default_rng(0).uniform(-1, 1, (batch, 3, size, size)).astype(np.float32)
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})


def measure(peer, mode, batch, size, threads, reps, folder):
    name, _, precision = peer.partition("_")
    makers = {"tensorflow": tensorflow_step, "pytorch": pytorch_step, "onnxruntime": onnxruntime_step}
    step = makers[name](mode, int(batch), int(size), int(threads), folder, bfloat16=precision == "bf16")
    for _ in range(2):
        step()
    times = []
    for _ in range(int(reps)):
        begin = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - begin))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": statistics.median(times), "ms_min": min(times), "peak_rss_mib": peak}))


def export(mode, batch, size, folder):
    os.environ["KERAS_BACKEND"] = "torch"
    import torch

    if mode == "infer":
        import timm
        network = timm.create_model("legacy_xception", pretrained=False, num_classes=0, global_pool="").eval()
    else:
        keras = import_keras()
        keras.config.set_image_data_format("channels_first")  # as ONNX Runtime has it
        network = getattr(keras.applications, mode)(weights=None, input_shape=(3, int(size), int(size))).eval()
    image = torch.rand(int(batch), 3, int(size), int(size))
    torch.onnx.export(network, (image,), onnx_file(mode, batch, size, folder), dynamo=True, verbose=False)


def save(mode, size, folder):
    keras = import_keras()
    network = getattr(keras.applications, mode.removeprefix("full-"))
    model = network(weights=None, input_shape=(int(size), int(size), 3), include_top=not mode.startswith("full-"))
    model.save(pathlib.Path(folder) / f"{mode}_{size}.keras")


def start(weights):
    keras = import_keras()
    import numpy as np

    model = keras.models.load_model(weights, compile=False)
    print(model.predict(np.zeros((1, *model.input_shape[1:]), np.float32), verbose=0))


if __name__ == "__main__":
    {"time": measure, "export": export, "save": save, "start": start}[sys.argv[1]](*sys.argv[2:])
