"""Stands in front of Beam in the JVM's Python, which never calls it, so that its 126 MB and 4 s of CPU are saved.

PyFlink tries the import to choose between two ways to talk to a process beside the JVM, and there is none.
"""

raise ImportError("Python inside the JVM needs no Beam")
