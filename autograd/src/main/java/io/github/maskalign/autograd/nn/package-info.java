/** Parameters, initializers and the layers of Vision Transformers. */
package io.github.maskalign.autograd.nn;
