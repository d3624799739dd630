"""The checks, by what they look at; each module holds its codes' words beside their check."""
