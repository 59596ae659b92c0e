"""The pure part of hob: values in, values out. No async, no files, no clock, no environment."""
