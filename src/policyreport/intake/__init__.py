"""From a new quarter's sheet to a raw table with its sidecar, previewed before anything is written."""
