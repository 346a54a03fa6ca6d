/**
 * Logging and progress: the JSON-lines log of a run, TensorBoard event files, and the progress
 * display on the console.
 */
package io.github.maskalign.train.log;
