"""People decide: decisions that stay, the queue, the card, and what is learned of them."""
