"""How the network in src/judge.onnx was trained. A developer's tool: the monitor never needs it."""
