/** The memory pool of backends that compute on the host. */
package io.github.maskalign.tensor.memory;
