/** Event files that TensorBoard reads. */
package io.github.maskalign.train.log;
