"""What a published bundle is made of, and the proof that its graph is the model."""
