// Package ledger keeps a small double-entry book in memory.
package ledger

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"
)

// ErrUnbalanced is returned when debits and credits differ.
var ErrUnbalanced = errors.New("ledger: entries do not balance")

const (
	maxEntries  = 1 << 16
	dateLayout  = "2006-01-02"
	defaultName = "main"
)

// Amount is money in cents.
type Amount int64

// String renders an amount with two decimals.
func (a Amount) String() string {
	sign := ""
	if a < 0 {
		sign = "-"
		a = -a
	}
	return fmt.Sprintf("%s%d.%02d", sign, a/100, a%100)
}

// Entry moves money to or from one account.
type Entry struct {
	Account string `json:"account"`
	Amount  Amount `json:"amount"`
	Note    string `json:"note,omitempty"`
}

// Transaction is a dated set of entries that sums to zero.
type Transaction struct {
	When    time.Time
	Entries []Entry
}

// Sum adds up all entries.
func (t *Transaction) Sum() Amount {
	var total Amount
	for _, entry := range t.Entries {
		total += entry.Amount
	}
	return total
}

// Book holds transactions; it is safe for concurrent use.
type Book struct {
	mu      sync.RWMutex
	name    string
	history []Transaction
	totals  map[string]Amount
}

// Option changes a book while it is made.
type Option func(*Book)

// WithName names the book.
func WithName(name string) Option {
	return func(b *Book) {
		b.name = name
	}
}

// New returns an empty book.
func New(options ...Option) *Book {
	book := &Book{
		name:   defaultName,
		totals: make(map[string]Amount),
	}
	for _, option := range options {
		option(book)
	}
	return book
}

// Post adds a transaction, or says why it cannot.
func (b *Book) Post(t Transaction) error {
	if len(t.Entries) == 0 {
		return errors.New("ledger: nothing to post")
	}
	if sum := t.Sum(); sum != 0 {
		return fmt.Errorf("%w: off by %v", ErrUnbalanced, sum)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.history) >= maxEntries {
		return errors.New("ledger: book is full")
	}
	b.history = append(b.history, t)
	for _, entry := range t.Entries {
		b.totals[entry.Account] += entry.Amount
	}
	return nil
}

// Balance returns what an account holds.
func (b *Book) Balance(account string) (Amount, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	amount, ok := b.totals[account]
	return amount, ok
}

// Accounts lists all accounts in order.
func (b *Book) Accounts() []string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	names := make([]string, 0, len(b.totals))
	for name := range b.totals {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Print writes a table of balances.
func (b *Book) Print(w io.Writer) error {
	for _, name := range b.Accounts() {
		amount, _ := b.Balance(name)
		if _, err := fmt.Fprintf(w, "%-20s %12s\n", name, amount); err != nil {
			return err
		}
	}
	return nil
}

// Between selects transactions in a half-open span of days.
func (b *Book) Between(from, until time.Time) []Transaction {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var found []Transaction
	for _, t := range b.history {
		if t.When.Before(from) || !t.When.Before(until) {
			continue
		}
		found = append(found, t)
	}
	return found
}

// Parse reads "account amount" lines.
func Parse(text string, when string) (Transaction, error) {
	day, err := time.Parse(dateLayout, when)
	if err != nil {
		return Transaction{}, fmt.Errorf("date %q: %w", when, err)
	}
	t := Transaction{When: day}
	for number, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		switch len(fields) {
		case 0:
			continue
		case 2:
			var cents int64
			if _, err := fmt.Sscanf(fields[1], "%d", &cents); err != nil {
				return t, fmt.Errorf("line %d: %w", number+1, err)
			}
			t.Entries = append(t.Entries, Entry{Account: fields[0], Amount: Amount(cents)})
		default:
			return t, fmt.Errorf("line %d: want two fields, have %d", number+1, len(fields))
		}
	}
	return t, nil
}
