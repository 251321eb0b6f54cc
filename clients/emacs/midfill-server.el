;;; midfill-server.el --- Connection to the midfill language server  -*- lexical-binding: t; -*-

;; Author: The midfill authors
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; One server process for all buffers, and its open documents.  midfill.el
;; shows the suggestions.

;;; Code:

(require 'cl-lib)
(require 'jsonrpc)
(require 'midfill-definitions)
(require 'project)
(require 'seq)
(require 'subr-x)
(require 'url-util)

(defgroup midfill nil
  "Inline code completion with your own API key."
  :group 'convenience
  :prefix "midfill-")

(defcustom midfill-command '("midfill" "serve")
  "Command line of the language server."
  :type '(repeat string))

(defcustom midfill-settings nil
  "Settings of the server: a plist with the structure of config.toml.
For example (:trigger (:languages_off [\"markdown\"]))."
  :type 'plist)

(defvar midfill--connection nil
  "The connection to the server, shared by all buffers.")

(defvar midfill--ready nil
  "Whether the server has answered the initialize request.")

(defvar midfill-status nil
  "Latest status of the server: a plist with :state, :message and :backend.")

(defvar-local midfill--version nil "Version of the document; nil while it is not open in the server.")
(defvar-local midfill--edit nil "Current change: (BEG END START-POSITION END-POSITION).")
(defvar-local midfill--pending nil "Changes not sent yet, the latest first.")

;;;; The server

(defvar midfill-mode)
(declare-function midfill--refresh "midfill")
(declare-function midfill--on-server "midfill")
(defvar midfill--failed nil "Why the server could not be started, or ended by itself.")

(defun midfill-restart ()
  "Start the server again."
  (interactive)
  (midfill-stop)
  (setq midfill--failed nil)
  (midfill--server))

(defun midfill-stop ()
  "Stop the server."
  (interactive)
  (let ((connection midfill--connection))
    (setq midfill--connection nil)
    (when (and connection (jsonrpc-running-p connection))
      (jsonrpc-shutdown connection))))

(defun midfill--execute (command arguments &optional on-result)
  "Run COMMAND of the server with ARGUMENTS; call ON-RESULT with its result."
  (jsonrpc-async-request
   (or (midfill--server) (user-error "The midfill server does not run; M-x midfill-restart starts it"))
   :workspace/executeCommand (list :command command :arguments arguments)
   :success-fn (or on-result #'ignore)
   :error-fn (lambda (reply) (message "midfill: %s" (plist-get reply :message)))))

(defun midfill--running ()
  "Whether the server runs."
  (and midfill--connection (jsonrpc-running-p midfill--connection)))

(defun midfill--server ()
  "The connection to the server, or nil while it is not ready.
Start it if necessary."
  (unless (or (midfill--running) midfill--failed)
    (if (executable-find (car (midfill--command)))
        (midfill--start)
      (setq midfill--failed (format "there is no program %s; install it (uv tool install midfill), unpack an archive \
of the release so that %s is the program, or set midfill-command, then M-x midfill-restart"
                                    (car midfill-command) (midfill--archive)))
      (message "midfill: %s" midfill--failed)))
  (and midfill--ready (midfill--running) midfill--connection))

(defun midfill--command ()
  "Return the command line of the server.
Its program is the user's, the one on the PATH, or that of an unpacked archive."
  (if (eq (midfill--source) 'archive)
      (cons (midfill--archive) (cdr midfill-command))
    midfill-command))

(defun midfill--source ()
  "Return where the server's program is from: `option', `path', `archive' or nil."
  (cond ((not (equal (car midfill-command) "midfill")) 'option)
        ((executable-find "midfill") 'path)
        ((file-executable-p (midfill--archive)) 'archive)))

(defun midfill--archive ()
  "Return the place of the program of an unpacked archive."
  (expand-file-name
   (if (eq system-type 'windows-nt) "midfill/server/midfill.exe" "midfill/server/midfill")
   (pcase system-type
     ('windows-nt (or (getenv "LOCALAPPDATA") "~/AppData/Local"))
     ('darwin "~/Library/Application Support")
     (_ (or (getenv "XDG_DATA_HOME") "~/.local/share")))))

(defun midfill-doctor ()
  "Show which server is used, its state, and what `midfill doctor' says."
  (interactive)
  (let* ((program (executable-find (car (midfill--command))))
         (from (pcase (midfill--source)
                 ('option "set by midfill-command")
                 ('path "on the PATH")
                 ('archive "an unpacked archive")
                 (_ (format "none; install it, or unpack an archive so that %s is there" (midfill--archive))))))
    (with-current-buffer (get-buffer-create "*midfill doctor*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert (format "state: %s\nprogram: %s\n%s\n\n"
                        (or midfill--failed (plist-get midfill-status :state) "does not run") from (or program ""))))
      (special-mode)
      (when program
        (make-process :name "midfill doctor" :buffer (current-buffer) :noquery t :sentinel #'ignore
                      :command (list program "doctor")))
      (goto-char (point-min))
      (display-buffer (current-buffer)))))

(defun midfill--start ()
  "Start and initialize the server."
  (setq midfill--ready nil)
  (setq midfill--connection
        (make-instance 'jsonrpc-process-connection
                       :name "midfill"
                       :events-buffer-config '(:size 0)
                       :process (lambda ()
                                  (make-process :name "midfill" :command (midfill--command) :noquery t
                                                :connection-type 'pipe :coding 'utf-8-emacs-unix
                                                :stderr (get-buffer-create " *midfill stderr*")))
                       :notification-dispatcher #'midfill--on-notification
                       :request-dispatcher #'midfill--on-request
                       :on-shutdown #'midfill--on-shutdown))
  (jsonrpc-async-request midfill--connection :initialize (midfill--initialize-params)
                         :success-fn #'midfill--on-ready
                         :error-fn #'midfill--on-refusal))

(defun midfill--on-ready (_capabilities)
  "Open the waiting buffers in the server after its initialization."
  (jsonrpc-notify midfill--connection :initialized (make-hash-table))
  (setq midfill--ready t
        midfill-status '(:state "ready"))
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when midfill-mode
        (midfill--flush))))
  (midfill--on-server)
  (force-mode-line-update t))

(defun midfill--on-refusal (reply)
  "Show the reason in the error REPLY why the server does not start."
  (setq midfill--failed (plist-get reply :message))
  (message "midfill: the server does not start: %s" midfill--failed))

(defun midfill--initialize-params ()
  "Return the parameters of the initialize request."
  (let* ((project (project-current))
         (root (file-truename (if project (project-root project) default-directory)))
         (uri (concat "file://" (url-hexify-string (directory-file-name root) url-path-allowed-chars))))
    (list :processId (emacs-pid)
          :clientInfo (list :name "midfill.el" :version emacs-version)
          :rootUri uri
          :workspaceFolders (vector (list :uri uri :name (file-name-nondirectory (directory-file-name root))))
          :initializationOptions (or midfill-settings (make-hash-table))
          :capabilities
          '(:general (:positionEncodings ["utf-32"])
            :textDocument (:inlineCompletion (:dynamicRegistration :json-false))
            :workspace (:configuration t)
            ;; The client repeats the request when the server reports more text.
            :experimental (:midfill (:refresh t :definitions t))))))

(defun midfill--on-notification (_connection method params)
  "Handle the notification METHOD of the server, with PARAMS."
  (pcase method
    ('window/showMessage (message "%s" (plist-get params :message)))
    ('midfill/status (setq midfill-status params)
                     (force-mode-line-update t))
    ('midfill/refresh (midfill--refresh (plist-get params :uri)))))

(defun midfill--on-request (_connection method params)
  "Answer the request METHOD of the server, with PARAMS."
  (pcase method
    ('workspace/configuration (make-vector (length (plist-get params :items)) midfill-settings))
    ('midfill/definitions
     (let ((buffer (midfill--buffer (plist-get params :uri))))
       (midfill--definitions
        buffer
        (and buffer (with-current-buffer buffer (mapcar #'midfill--point (plist-get params :positions)))))))))

(defun midfill--buffer (uri)
  "Return the buffer that is open in the server as URI."
  (seq-find (lambda (buffer)
              (with-current-buffer buffer
                (and midfill--version (equal (midfill--uri) uri))))
            (buffer-list)))

(defun midfill--on-shutdown (connection)
  "Handle the end of CONNECTION to the server."
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (setq midfill--version nil)))
  (setq midfill-status nil
        midfill--ready nil)
  (when (eq connection midfill--connection)
    (setq midfill--failed "the server has ended; M-x midfill-restart starts it again")
    (message "midfill: %s" midfill--failed)))

;;;; The document in the server

(defun midfill--position (place)
  "Return PLACE as an LSP position: line and character (utf-32)."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char place)
      (list :line (1- (line-number-at-pos)) :character (- place (pos-bol))))))

(defun midfill--point (position)
  "Return the buffer position of the LSP POSITION, limited to its line."
  (save-excursion
    (save-restriction
      (widen)
      (goto-char (point-min))
      (forward-line (plist-get position :line))
      (min (pos-eol) (+ (point) (plist-get position :character))))))

(defun midfill--uri ()
  "Return the URI of this buffer."
  (concat "file://" (url-hexify-string (file-truename buffer-file-name) url-path-allowed-chars)))

(defun midfill--before-change (beg end)
  "Record the positions of BEG and END before the change."
  (when midfill--version
    (setq midfill--edit (list beg end (midfill--position beg) (midfill--position end)))))

(defun midfill--after-change (beg end length)
  "Record that the text from BEG to END replaced LENGTH characters."
  (when midfill--version
    (pcase-let ((`(,from ,to ,start-position ,end-position) midfill--edit))
      (push (if (and (eql from beg) (eql to (+ beg length)))
                (list :range (list :start start-position :end end-position)
                      :text (midfill--plain beg end))
              ;; Emacs announced a different change, so the whole text is sent.
              'whole)
            midfill--pending))
    (setq midfill--edit nil)))

(defun midfill--plain (beg end)
  "Return the text from BEG to END, regardless of narrowing."
  (save-restriction
    (widen)
    (buffer-substring-no-properties beg end)))

(defun midfill--flush ()
  "Open this buffer in the server, or send its changes."
  (let ((server (midfill--server)))
    (if (not midfill--version)
        (midfill--open server)
      (when (memq 'whole midfill--pending)
        (setq midfill--pending (list (list :text (midfill--plain 1 (1+ (buffer-size)))))))
      (dolist (change (nreverse midfill--pending))
        (jsonrpc-notify
         server :textDocument/didChange
         (list :textDocument (list :uri (midfill--uri) :version (cl-incf midfill--version))
               :contentChanges (vector change))))
      (setq midfill--pending nil))))

(defun midfill--open (server)
  "Open this buffer in SERVER."
  (setq midfill--version 0)
  (jsonrpc-notify
   server :textDocument/didOpen
   (list :textDocument
         (list :uri (midfill--uri)
               :languageId (midfill--language)
               :version 0
               :text (midfill--plain 1 (1+ (buffer-size)))))))

(defun midfill--language ()
  "Return the LSP language of this buffer, from the major mode's name."
  (string-remove-suffix "-ts" (string-remove-suffix "-mode" (symbol-name major-mode))))

(defun midfill--close ()
  "Close this buffer in the server."
  (when (and midfill--version (midfill--running))
    (jsonrpc-notify midfill--connection :textDocument/didClose
                    (list :textDocument (list :uri (midfill--uri)))))
  (setq midfill--version nil midfill--pending nil))

(provide 'midfill-server)
;;; midfill-server.el ends here
