/** Maps the parameter names of other libraries to ours. */
package io.github.maskalign.vit.weights.names;
