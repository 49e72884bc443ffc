"""The loop closed: what patients are told of what they said, in public and in answer to one of them."""
