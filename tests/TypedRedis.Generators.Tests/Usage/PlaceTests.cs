using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Usage;

/// <summary>Wherever code can stand, it is looked at, and once.</summary>
public class PlaceTests
{
    [Fact]
    public Task Members_of_every_kind() => Use.Verify("""
        class Base(object value)
        {
            public object Value { get; } = value;
        }

        class Primary(IDatabase db) : Base(db.Execute({|TR3001:"KEYS"|}, "a*"));

        class Service : Base
        {
            private static readonly IDatabase Db = null!;
            private readonly object _field = Db.Execute({|TR3001:"KEYS"|}, "b*"), _other = Db.Execute({|TR3001:"KEYS"|}, "c*");
            private readonly Lazy<object> _lazy = new(() => Db.Execute({|TR3001:"KEYS"|}, "d*"));

            static Service() => Db.Execute({|TR3001:"KEYS"|}, "e*");

            public Service() : base(Db.Execute({|TR3001:"KEYS"|}, "f*")) { Db.Execute({|TR3001:"KEYS"|}, "g*"); }

            ~Service() => Db.Execute({|TR3001:"KEYS"|}, "h*");

            public object Expression => Db.Execute({|TR3001:"KEYS"|}, "i*");

            public object Accessors
            {
                get { return Db.Execute({|TR3001:"KEYS"|}, "j*"); }
                set => Db.Execute({|TR3001:"KEYS"|}, "k*");
            }

            public object this[int index] => Db.Execute({|TR3001:"KEYS"|}, "m*");

            public object this[string index]
            {
                get => Db.Execute({|TR3001:"KEYS"|}, "n*");
            }

            public event Action Event
            {
                add { Db.Execute({|TR3001:"KEYS"|}, "o*"); }
                remove => Db.Execute({|TR3001:"KEYS"|}, "p*");
            }

            public static object operator +(Service one, Service two) => Db.Execute({|TR3001:"KEYS"|}, "q*");

            public static implicit operator string(Service one) { Db.Execute({|TR3001:"KEYS"|}, "r*"); return ""; }

            public async Task Run()
            {
                await Local();
                Action once = delegate { Db.Execute({|TR3001:"KEYS"|}, "s*"); };
                var query = from one in new[] { 1 } select Db.Execute({|TR3001:"KEYS"|}, "t*");
                Func<int, object> chosen = one => one switch { 1 => Db.Execute({|TR3001:"KEYS"|}, "u*"), _ => "" };
                string text = $"{Db.Execute({|TR3001:"KEYS"|}, "v*")}";

                async Task Local() => await Db.ExecuteAsync({|TR3001:"KEYS"|}, "w*");
            }

            private class Inner
            {
                public object Value { get; } = Db.Execute({|TR3001:"KEYS"|}, "x*");
            }
        }
        """);

    [Fact]
    public Task Accessors_beside_an_initializer() => Use.Verify("""
        class Service
        {
            private static readonly IDatabase Db = null!;

            public object Value
            {
                get => field ?? Db.Execute({|TR3001:"KEYS"|}, "a*");
                set { Db.Execute({|TR3001:"KEYS"|}, "b*"); }
            } = Db.Execute({|TR3001:"KEYS"|}, "c*");
        }
        """);

    [Fact]
    public Task Names_in_every_form() => Use.Verify("""
        using static StackExchange.Redis.ConnectionMultiplexer;
        using Options = StackExchange.Redis.ConfigurationOptions;

        class Service(IDatabase? db, IDatabase[] all)
        {
            private static readonly IConnectionMultiplexer Near = Connect({|TR5001:"cache.local,password=secret"|});

            public void Run()
            {
                db?.Execute({|TR3001:"KEYS"|}, "a*");
                all[0].@Execute({|TR3001:"KEYS"|}, "b*");
                (db!).Execute /* why */ ({|TR3001:"KEYS"|}, "c*");
                global::System.Console.WriteLine(all[0]
                    .Execute({|TR3001:"KEYS"|}, "d*"));
                var options = new Options { {|TR5002:AllowAdmin = true|} };
                options.Password = {|TR5001:"secret"|};
                var parsed = Options.Parse({|TR5001:"cache.local,password=secret"|});
                var added = new Options { EndPoints = { {|TR5003:"cache.example.com"|} } };
                Connect(added);
            }
        }
        """);

    [Fact]
    public async Task Top_level_statements_and_what_stands_beside_them()
    {
        var (source, expected) = Markup.Strip("""
            IDatabase db = null!;
            db.Execute({|TR3001:"KEYS"|}, "a*");
            Other();

            void Other() => db.Execute({|TR3001:"KEYS"|}, "b*");

            class Beside(IDatabase db)
            {
                public void Run() => db.Execute({|TR3001:"KEYS"|}, "c*");
            }
            """);
        var compilation = Use.Compile(source, Use.Drivers["1.2.6"]);
        Assert.Equal(expected, Markup.Of(source, await Use.RunAsync(compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication)))));
    }

    [Fact]
    public Task Names_of_the_driver_in_other_code() => Use.Verify("""
        class Options
        {
            public string Password { get; set; } = "";
            public bool AllowAdmin { get; set; }
            public List<string> EndPoints { get; } = [];
        }

        class Other
        {
            public object? Execute(string command, string pattern) => null;

            public void Connect(string configuration)
            {
                Execute("KEYS", "*");
                Connect("cache.example.com,password=secret");
                var options = new Options { Password = "secret", AllowAdmin = true, EndPoints = { "cache.example.com" } };
                options.Password = int.Parse("1").ToString();
            }
        }
        """);
}
