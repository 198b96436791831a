"""A Dask cluster as the executor of a run: found or started, compared, watched. It needs the extra `cluster`."""
