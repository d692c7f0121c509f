"""An answer, made into something to look at: the only room that knows Gradio and HTTP."""
