"""Areas compared with one another: means, peers, ranks."""
