;;; midfill-definitions.el --- Definitions from Eglot for midfill  -*- lexical-binding: t; -*-

;; Author: The midfill authors
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Asks the language server that Eglot runs where names are defined.
;; midfill's server reads the declarations.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'seq)

(declare-function eglot-current-server "eglot")
(declare-function eglot-server-capable "eglot")
(declare-function eglot--TextDocumentPositionParams "eglot")
(declare-function eglot--signal-textDocument/didChange "eglot")

(defconst midfill--definitions-seconds 1.0
  "Maximum seconds for the answers; later ones are left out.")

(defun midfill--definitions (buffer places)
  "Return a vector of the locations that define the names at PLACES in BUFFER.
A location is nil if it is unknown.  Any key ends the search."
  (let ((found (make-vector (length places) nil)))
    (when (and buffer (fboundp 'eglot-current-server))
      (with-current-buffer buffer
        (when (and (eglot-current-server) (eglot-server-capable :definitionProvider))
          (eglot--signal-textDocument/didChange)
          (midfill--collect (eglot-current-server) places found))))
    found))

(defun midfill--collect (server places found)
  "Ask SERVER about PLACES in this buffer, and put its answers into FOUND."
  (let ((left (length places))
        (end (+ (float-time) midfill--definitions-seconds)))
    (seq-do-indexed
     (lambda (place index)
       (jsonrpc-async-request
        server :textDocument/definition
        (save-excursion (goto-char place) (eglot--TextDocumentPositionParams))
        :success-fn (lambda (result)
                      (cl-decf left)
                      (aset found index (midfill--location result)))
        :error-fn (lambda (_) (cl-decf left))
        :timeout midfill--definitions-seconds
        :timeout-fn (lambda () (cl-decf left))))
     places)
    (while (and (> left 0) (< (float-time) end) (not (input-pending-p)))
      (accept-process-output nil 0.02))))

(defun midfill--location (result)
  "Return the first location of RESULT: a location, or a vector of locations or links."
  (when-let* ((first (if (vectorp result) (and (> (length result) 0) (aref result 0)) result)))
    (list :uri (or (plist-get first :uri) (plist-get first :targetUri))
          :range (or (plist-get first :range) (plist-get first :targetSelectionRange)))))

(provide 'midfill-definitions)
;;; midfill-definitions.el ends here
