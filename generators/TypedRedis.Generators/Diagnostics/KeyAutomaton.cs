namespace TypedRedis.Generators.Diagnostics;

/// <summary>A finite automaton that accepts a set of key texts, built from left to right, and the search for a text that two of them accept.</summary>
internal sealed class KeyAutomaton
{
    private readonly List<List<Edge>> _edges = [];

    public KeyAutomaton() => Start = NewState();

    public int Start { get; }

    /// <summary>The accepting state: the one the last piece ended in.</summary>
    public int End { get; set; }

    public int NewState()
    {
        _edges.Add([]);
        return _edges.Count - 1;
    }

    /// <summary>Goes from one state to another without a character.</summary>
    public void Skip(int from, int to) => _edges[from].Add(new Edge('\0', '\0', to, IsSkip: true));

    /// <summary>Goes from one state to another by any character of a range.</summary>
    public void Range(int from, int to, char low, char high) => _edges[from].Add(new Edge(low, high, to, IsSkip: false));

    /// <summary>Goes from a state to a new one by a text.</summary>
    public int Text(int from, string text)
    {
        foreach (char character in text)
        {
            int next = NewState();
            Range(from, next, character, character);
            from = next;
        }

        return from;
    }

    /// <summary>Goes from one state to another by one of the alternatives of a pattern such as <c>0[1-9]|1[0-2]</c>: characters and classes, nothing else.</summary>
    public void Pattern(int from, int to, string pattern)
    {
        foreach (string alternative in pattern.Split('|'))
        {
            int state = from;
            for (int i = 0; i < alternative.Length;)
            {
                int next = NewState();
                if (alternative[i] != '[')
                {
                    Range(state, next, alternative[i], alternative[i]);
                    i++;
                }
                else
                {
                    for (i++; alternative[i] != ']'; i += 3)
                        Range(state, next, alternative[i], alternative[i + 2]);
                    i++;
                }

                state = next;
            }

            Skip(state, to);
        }
    }

    /// <summary>The shortest text that both accept, or null where there is none.</summary>
    public static string? CommonText(KeyAutomaton left, KeyAutomaton right)
    {
        // A walk over the pairs of states; steps without a character are free and go first.
        var start = (left.Start, right.Start);
        var goal = (left.End, right.End);
        var reachedBy = new Dictionary<(int, int), ((int, int) Previous, char? Character)> { [start] = (start, null) };
        var queue = new LinkedList<(int Left, int Right)>();
        queue.AddLast(start);
        while (queue.First is { Value: var pair } node)
        {
            queue.Remove(node);
            if (pair == goal)
                return TextOf(pair, start, reachedBy);

            foreach (var edge in left._edges[pair.Left])
            {
                if (edge.IsSkip)
                    Reach((edge.To, pair.Right), null);
            }

            foreach (var edge in right._edges[pair.Right])
            {
                if (edge.IsSkip)
                    Reach((pair.Left, edge.To), null);
            }

            foreach (var ofLeft in left._edges[pair.Left])
            {
                foreach (var ofRight in right._edges[pair.Right])
                {
                    if (!ofLeft.IsSkip && !ofRight.IsSkip && Common(ofLeft, ofRight) is { } character)
                        Reach((ofLeft.To, ofRight.To), character);
                }
            }

            void Reach((int, int) next, char? character)
            {
                if (reachedBy.ContainsKey(next))
                    return;

                reachedBy.Add(next, (pair, character));
                if (character is null)
                    queue.AddFirst(next);
                else
                    queue.AddLast(next);
            }
        }

        return null;
    }

    private static string TextOf((int, int) pair, (int, int) start, Dictionary<(int, int), ((int, int) Previous, char? Character)> reachedBy)
    {
        var characters = new Stack<char>();
        while (pair != start)
        {
            var (previous, character) = reachedBy[pair];
            if (character is { } found)
                characters.Push(found);
            pair = previous;
        }

        return new string([.. characters]);
    }

    private static char? Common(Edge left, Edge right)
    {
        char low = left.Low > right.Low ? left.Low : right.Low;
        char high = left.High < right.High ? left.High : right.High;
        if (low > high)
            return null;

        // Of many characters a letter reads best in an example.
        return low <= 'a' && high >= 'a' ? 'a' : low <= 'A' && high >= 'A' ? 'A' : low;
    }

    private readonly record struct Edge(char Low, char High, int To, bool IsSkip);
}
