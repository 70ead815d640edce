"""Topics (話題): what opinions are about, found without labels."""
