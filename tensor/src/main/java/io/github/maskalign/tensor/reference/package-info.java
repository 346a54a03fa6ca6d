/** The reference backend: plain loops that the fast backends are held against. */
package io.github.maskalign.tensor.reference;
