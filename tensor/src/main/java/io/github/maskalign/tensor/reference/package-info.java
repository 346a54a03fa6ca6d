/** The reference backend: plain loops against which the other backends are tested. */
package io.github.maskalign.tensor.reference;
