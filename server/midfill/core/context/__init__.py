"""What the model sees beside the open file."""
