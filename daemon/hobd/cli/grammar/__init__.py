"""How a command line is read, faithful to the parser uv is built with: same rules, same help, same complaints."""
