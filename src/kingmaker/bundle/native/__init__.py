"""Trees walked by a small library in C, where one was compiled; every answer is onnxruntime's, bit for bit."""
