/** What can be chosen about MaskAlign's pre-training, and which choices go together. */
package io.github.maskalign.config;
