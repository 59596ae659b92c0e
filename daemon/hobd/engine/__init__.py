"""The process that works: requests in, events out. It keeps the memory and knows every story."""
