"""How do the bytes of a file become the text of a document? One frozen projection for each sort of file.

What reads foreign files (`worker` and all that it imports) runs in a process of its own, and knows nothing of Django;
`running` starts that process and is what the rest of the product calls.
"""
