"""The trained judge as an ONNX file, which OpenCV runs without TensorFlow.

Written layer by layer: the network has four kinds of layers, and the general converters lag behind Keras.
"""

from __future__ import annotations

import keras
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from src.cues import CUES

# Old enough for OpenCV to know all of it.
OPSET, IR_VERSION = 13, 8
# Half of the default size of a scored picture; OpenCV takes other sizes as well.
HEIGHT, WIDTH = 112, 200
ENLARGE = np.array([1, 1, 2, 2], np.float32)


def as_onnx(network: keras.Model) -> bytes:
    """The content of an ONNX file: (1, CUES, h, w) cue maps in, (1, 1, h, w) log odds out, both float32.

    network: from `build_network`. Raises TypeError for a layer that such a network does not have.
    """
    source, result = network.layers[0].name, network.layers[-1].name
    writer = _Writer(source)
    for layer in network.layers[1:]:
        writer.add(layer, _inputs_of(network, layer.name))
    graph = helper.make_graph(
        writer.nodes, "judge",
        [helper.make_tensor_value_info(source, TensorProto.FLOAT, [1, CUES, HEIGHT, WIDTH])],
        [helper.make_tensor_value_info(writer.outputs[result], TensorProto.FLOAT, [1, 1, HEIGHT, WIDTH])],
        writer.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def _inputs_of(network: keras.Model, name: str) -> list[str]:
    """The names of the layers whose output the layer takes."""
    written = next(layer for layer in network.get_config()["layers"] if layer["name"] == name)
    taken = written["inbound_nodes"][0]["args"][0]
    tensors = taken if isinstance(taken, (list, tuple)) else [taken]
    return [tensor["config"]["keras_history"][0] for tensor in tensors]


class _Writer:
    """Collects ONNX nodes and weights. outputs: the name of the tensor that each Keras layer gives."""

    def __init__(self, source: str) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.outputs = {source: source}

    def add(self, layer: keras.Layer, inputs: list[str]) -> None:
        taken = [self.outputs[name] for name in inputs]
        if isinstance(layer, keras.layers.Conv2D):
            self.outputs[layer.name] = self._convolution(layer, taken[0])
        elif isinstance(layer, keras.layers.UpSampling2D):
            scales = self._weight(f"{layer.name}_scales", ENLARGE)
            self.outputs[layer.name] = self._node(
                "Resize", [taken[0], "", scales], layer.name, mode="linear",
                coordinate_transformation_mode="half_pixel")
        elif isinstance(layer, keras.layers.Add):
            self.outputs[layer.name] = self._node("Add", taken, layer.name)
        elif isinstance(layer, keras.layers.ReLU):
            self.outputs[layer.name] = self._node("Relu", taken, layer.name)
        else:
            raise TypeError(f"No ONNX is known for the layer {layer.name}, a {type(layer).__name__}.")

    def _convolution(self, layer: keras.layers.Conv2D, taken: str) -> str:
        kernel, bias = layer.get_weights()
        names = [self._weight(f"{layer.name}_kernel", kernel.transpose(3, 2, 0, 1)),
                 self._weight(f"{layer.name}_bias", bias)]
        size, stride = layer.kernel_size[0], layer.strides[0]
        # As Keras pads "same" for even sizes: when it cannot be shared, the end gets one more.
        padding = max(size - stride, 0)
        before, after = padding // 2, padding - padding // 2
        result = self._node(
            "Conv", [taken, *names], layer.name, kernel_shape=[size, size], strides=[stride, stride],
            pads=[before, before, after, after])
        if layer.activation is keras.activations.relu:
            return self._node("Relu", [result], f"{layer.name}_relu")
        return result

    def _weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, kind: str, inputs: list[str], name: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name
