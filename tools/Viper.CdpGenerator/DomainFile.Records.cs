namespace Viper.CdpGenerator;

/// <content>Records, and their views.</content>
internal sealed partial class DomainFile
{
    /// <param name="name">The record's name.</param>
    /// <param name="enumOwner">What its own enums are named after.</param>
    /// <param name="anchor">The place on the domain's page.</param>
    /// <param name="wireName">Its name in the protocol.</param>
    /// <param name="marks">Its marks.</param>
    /// <param name="members">Its members.</param>
    /// <param name="isRead">Whether Chrome sends it.</param>
    /// <param name="isWritten">Whether it is sent to Chrome.</param>
    /// <param name="eventName">The event's name, for an event.</param>
    private void WriteRecord(
        string name, string enumOwner, string anchor, string wireName, Marks marks, IReadOnlyList<Member> members, bool isRead, bool isWritten, string? eventName)
    {
        Claim(name);
        TakeEnums(enumOwner, members);
        string contract = eventName is not null ? $" : ICdpEvent<{name}>" : isRead ? $" : ICdpReadable<{name}>" : "";
        Line("");
        Doc("    ", anchor, wireName, marks);
        Line($"    public sealed record {name}{contract}");
        Line("    {");
        if (isRead)
        {
            Line($"        public {name}() {{ }}");
            Line("");
            WriteReading(name, enumOwner, members);
        }

        foreach (Member member in members)
        {
            CSharpType type = TypeOf(member, enumOwner);
            Doc("        ", anchor, member.Name, member.Marks);
            Line($"        public {Declared(member, type, isWritten)} {CSharpNames.Property(member.Name, name)} {{ get; init; }}{(member.IsOptional ? "" : type.Initial)}");
        }

        Line("");
        if (eventName is not null)
        {
            Line($"        static ReadOnlySpan<byte> ICdpEvent<{name}>.Method => \"{eventName}\"u8;");
        }

        if (isRead)
        {
            Line($"        static {name} ICdpReadable<{name}>.Read(ref Utf8JsonReader reader) => new(ref reader);");
        }

        if (isWritten)
        {
            Line("");
            Line("        internal void WriteTo(Utf8JsonWriter w)");
            Line("        {");
            Line("            w.WriteStartObject();");
            Line("            WriteMembers(w);");
            Line("            w.WriteEndObject();");
            Line("        }");
            Line("");
            Line("        private void WriteMembers(Utf8JsonWriter w)");
            WriteMembers(members, enumOwner, name);
        }

        Line("    }");
        if (isRead && members.Count > 0)
        {
            WriteView(name, enumOwner, anchor, wireName, marks, members);
        }
    }

    private void WriteReading(string name, string enumOwner, IReadOnlyList<Member> members)
    {
        Line("        [SetsRequiredMembers]");
        Line($"        private {name}(ref Utf8JsonReader r)");
        Line("        {");
        if (members.Count == 0)
        {
            Line("            r.Skip();");
        }
        else
        {
            Line("            CdpRead.Object(ref r);");
            Line("            while (CdpRead.NextMember(ref r, out var name))");
            Line("            {");
            foreach (Member member in members)
            {
                Line($"                if (name.SequenceEqual(\"{member.Name}\"u8)) {{ {CSharpNames.Property(member.Name, name)} = {TypeOf(member, enumOwner).Read}; continue; }}");
            }

            Line("                r.Skip();");
            Line("            }");
        }

        Line("        }");
        Line("");
    }

    private void WriteView(string record, string enumOwner, string anchor, string wireName, Marks marks, IReadOnlyList<Member> members)
    {
        string name = record + "View";
        Claim(name);
        Line("");
        Doc("    ", anchor, wireName, marks);
        Line($"    public readonly ref struct {name} : ICdpView<{name}>");
        Line("    {");
        Line($"        public {name}(CdpJson json) => Json = json;");
        Line("");
        Line("        /// <summary>The value itself.</summary>");
        Line("        public CdpJson Json { get; }");
        Line("");
        foreach (Member member in members)
        {
            CSharpType type = TypeOf(member, enumOwner);
            string view = type.View == "j" ? $"Json[\"{member.Name}\"u8]"
                : type.View.StartsWith("j.", StringComparison.Ordinal) ? $"Json[\"{member.Name}\"u8]{type.View[1..]}"
                : type.View.Replace("(j", $"(Json[\"{member.Name}\"u8]", StringComparison.Ordinal);
            Doc("        ", anchor, member.Name, member.Marks);
            Line($"        public {type.ViewName} {CSharpNames.Property(member.Name, name)} => {view};");
        }

        Line("");
        Line($"        static {name} ICdpView<{name}>.Of(CdpJson json) => new(json);");
        Line("    }");
    }
}
