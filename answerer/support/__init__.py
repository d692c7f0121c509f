"""The guard: does a statement of a language model say what its sentences do not?"""
