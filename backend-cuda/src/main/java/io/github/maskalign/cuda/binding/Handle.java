package io.github.maskalign.cuda.binding;

/** An object that a library created, such as a stream; only its own binding knows what it is. */
public interface Handle {}
