"""The wing of pairing assistance: villages, their needs and measures, training, experts and what farmers ask."""
