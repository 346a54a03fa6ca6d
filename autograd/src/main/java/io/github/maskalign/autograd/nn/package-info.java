/** Parameters, initializers and the layers that Vision Transformers are made of. */
package io.github.maskalign.autograd.nn;
