namespace Viper.Agent.Actions;

/// <summary>What an element has to be, besides attached, visible and at rest.</summary>
/// <param name="Enabled">Not disabled.</param>
/// <param name="Editable">A field that takes text.</param>
/// <param name="Hit">What a person's pointer would meet there.</param>
internal readonly record struct ElementNeeds(bool Enabled = false, bool Editable = false, bool Hit = false);
