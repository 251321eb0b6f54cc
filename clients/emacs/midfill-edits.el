;;; midfill-edits.el --- The next edit of midfill  -*- lexical-binding: t; -*-

;; Author: The midfill authors
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Shows the user's last edit at the place where it fits next.  TAB jumps there,
;; and TAB again accepts it.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'midfill-server)

(defface midfill-edit-added
  '((((min-colors 88) (background dark)) :background "#335533" :extend t)
    (((min-colors 88)) :background "#cceecc" :extend t)
    (t :underline t))
  "Face of the text that the next edit inserts.")

(defface midfill-edit-removed
  '((((min-colors 88) (background dark)) :background "#553333" :extend t)
    (((min-colors 88)) :background "#ffdddd" :extend t)
    (t :strike-through t))
  "Face of the text that the next edit deletes.")

(defface midfill-edit-jump '((t :inherit shadow))
  "Face of the hint at point that says where the next edit is.")

(defvar midfill-edit-map
  (let ((map (make-sparse-keymap)))
    (pcase-dolist (`(,key . ,command) '(("TAB" . midfill-edit-take)
                                        ("<tab>" . midfill-edit-take)
                                        ("C-g" . midfill-edit-drop)))
      (define-key map (kbd key) `(menu-item "" ,command :filter midfill--edit-key)))
    map)
  "Keys while the next edit is shown.")

(defvar midfill--offer nil "The server's next edit: a plist; nil if there is none.")
(defvar midfill--edit-asked 0 "Number of requests for a next edit.")
(defvar midfill--edit-overlays nil "Overlays that show the next edit.")
(defvar-local midfill--edit-shown nil "Whether the keys of `midfill-edit-map' apply in this buffer.")
(defvar midfill--overlay)

(add-to-list 'emulation-mode-map-alists `((midfill--edit-shown . ,midfill-edit-map)))

(defun midfill--edit-key (command)
  "Return COMMAND, or nil where another use of its key has priority.
An active region and a snippet's field keep their keys."
  (unless (or (use-region-p) (get-char-property (point) 'keymap))
    command))

(defun midfill-edit-take ()
  "Jump to the next edit, or take it if point is on its line."
  (interactive)
  (cond ((not midfill--offer) (user-error "There is no next edit"))
        ((midfill--edit-here-p) (midfill--edit-apply))
        (t (midfill--edit-jump))))

(defun midfill-edit-drop ()
  "Drop the next edit; it is not offered again."
  (interactive)
  (let ((command (plist-get midfill--offer :command)))
    (midfill--edit-clear)
    (when command
      (midfill--execute "midfill.editRefused" (plist-get command :arguments)))))

(defun midfill-toggle-edits ()
  "Switch next edits off or on."
  (interactive)
  (midfill--edit-clear)
  (midfill--execute "midfill.toggleEdits" []
                    (lambda (on) (message "midfill: next edits are %s" (if (eq on t) "on" "off")))))

(defun midfill-snooze-edits (minutes)
  "Switch next edits off for MINUTES."
  (interactive "nMinutes: ")
  (midfill--edit-clear)
  (midfill--execute "midfill.snoozeEdits" (vector minutes)))

;;;; Requests

(defun midfill--edit-ask ()
  "Request the next edit after a change; the server answers when the user pauses."
  (midfill--edit-clear)
  (when-let* ((server (midfill--server)))
    (midfill--flush)
    (let ((number midfill--edit-asked))
      (jsonrpc-async-request
       server :midfill/nextEdit
       (list :textDocument (list :uri (midfill--uri) :version midfill--version)
             :position (midfill--position (point)))
       :success-fn (lambda (result)
                     (when (= number midfill--edit-asked)
                       (midfill--edit-on-answer (append (plist-get result :edits) nil))))
       :error-fn #'ignore
       :timeout-fn #'ignore))))

(defun midfill--edit-on-answer (edits)
  "Show the first of EDITS, unless a suggestion is shown at point."
  (with-current-buffer (window-buffer (selected-window))
    (when (and edits (not midfill--overlay))
      (setq midfill--offer (car edits))
      (midfill--edit-draw)
      (jsonrpc-notify midfill--connection :textDocument/didShowInlineEdit
                      (list :item (list :command (plist-get midfill--offer :command)))))))

(defun midfill--edit-clear ()
  "Hide the next edit, and forget the request for one."
  (cl-incf midfill--edit-asked)
  (when midfill--offer
    (setq midfill--offer nil)
    (midfill--edit-draw)))

;;;; The place of the edit

(defun midfill--edit-file ()
  "Return the file of the next edit."
  (let ((uri (plist-get (plist-get midfill--offer :textDocument) :uri)))
    (decode-coding-string (url-unhex-string (string-remove-prefix "file://" uri)) 'utf-8)))

(defun midfill--edit-line ()
  "Return the line of the next edit, counted from 0."
  (plist-get (plist-get (plist-get midfill--offer :range) :start) :line))

(defun midfill--edit-in-buffer-p ()
  "Whether the next edit is in this buffer."
  (and buffer-file-name (equal (file-truename buffer-file-name) (midfill--edit-file))))

(defun midfill--edit-here-p ()
  "Whether point is on the line of the next edit."
  (and (midfill--edit-in-buffer-p)
       (= (plist-get (midfill--position (point)) :line) (midfill--edit-line))))

(defun midfill--edit-region ()
  "Return the text that the next edit replaces in this buffer: (BEG . END)."
  (let ((range (plist-get midfill--offer :range)))
    (cons (midfill--point (plist-get range :start)) (midfill--point (plist-get range :end)))))

(defun midfill--edit-text ()
  "Return the text that the next edit inserts."
  (string-replace "\r" "" (plist-get midfill--offer :text)))

(defun midfill--edit-jump ()
  "Go to the next edit; the mark stays where point was."
  (push-mark nil t)
  (unless (midfill--edit-in-buffer-p)
    (pop-to-buffer-same-window (find-file-noselect (midfill--edit-file))))
  (goto-char (car (midfill--edit-region)))
  (midfill--edit-draw))

(defun midfill--edit-apply ()
  "Make the next edit; the change requests the one after it."
  (pcase-let ((`(,beg . ,end) (midfill--edit-region))
              (text (midfill--edit-text))
              (command (plist-get midfill--offer :command)))
    (midfill--edit-clear)
    (save-excursion
      (goto-char beg)
      (delete-region beg end)
      (insert text))
    ;; The server receives the change before the accept, so the next edit does not wait for a pause.
    (midfill--flush)
    (midfill--execute (plist-get command :command) (plist-get command :arguments))))

;;;; The drawing

(defun midfill--edit-draw ()
  "Show the next edit at its place, and its direction at point."
  (mapc #'delete-overlay midfill--edit-overlays)
  (setq midfill--edit-overlays nil
        midfill--edit-shown (and midfill--offer (not midfill--overlay)))
  (when midfill--edit-shown
    (when (midfill--edit-in-buffer-p)
      (midfill--edit-draw-change))
    (unless (midfill--edit-here-p)
      (midfill--edit-draw-jump))))

(defun midfill--edit-overlay (beg end)
  "Return an overlay from BEG to END that is removed with the next edit."
  (let ((overlay (make-overlay beg end)))
    (push overlay midfill--edit-overlays)
    overlay))

(defun midfill--edit-draw-change ()
  "Show the removed and the inserted text, and a triangle in the fringe."
  (pcase-let* ((`(,beg . ,end) (midfill--edit-region))
               (overlay (midfill--edit-overlay beg end)))
    (overlay-put overlay 'face 'midfill-edit-removed)
    (overlay-put overlay 'before-string
                 (propertize " " 'display '(left-fringe right-triangle midfill-edit-jump)))
    (overlay-put overlay 'after-string (propertize (midfill--edit-text) 'face 'midfill-edit-added))))

(defun midfill--edit-draw-jump ()
  "Say at the end of point's line where the next edit is."
  (let* ((line (midfill--edit-line))
         (where (if (midfill--edit-in-buffer-p)
                    (format "%s line %d" (if (< line (plist-get (midfill--position (point)) :line)) "↑" "↓") (1+ line))
                  (format "→ %s:%d" (file-name-nondirectory (midfill--edit-file)) (1+ line))))
         (hint (propertize (format "  TAB %s" where) 'face 'midfill-edit-jump)))
    ;; Point stays before the hint.
    (put-text-property 0 1 'cursor t hint)
    (overlay-put (midfill--edit-overlay (pos-eol) (pos-eol)) 'after-string hint)))

(provide 'midfill-edits)
;;; midfill-edits.el ends here
